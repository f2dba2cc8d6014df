import { discover } from '../../auth/protocol/discovery.ts';
import { judgeScopes, scopesToRequest } from '../../auth/protocol/scopes.ts';
import { receptionOf } from '../../auth/sign-in/server-challenge.ts';
import { redirectUriOf } from '../../catalog/app-steps.ts';
import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { shownAddress } from '../../core/shown-address.ts';
import type { LoginFlags } from './login-flow.ts';
import { openSignIn } from './open-sign-in.ts';

/** What a sign-in would do. */
export interface LoginPlan {
  readonly server: string;
  readonly url: string;
  readonly issuer: string;
  /** As whom: an id that is given, a metadata document, a new registration, or an app that is missing. */
  readonly client: 'given' | 'metadata-document' | 'registration' | 'app-needed';
  readonly scopes: ReturnType<typeof judgeScopes>;
  /** Without a port where any will do. */
  readonly redirectUri: string;
  readonly hasDeviceCodes: boolean;
}

/** Finds out where a sign-in would lead. Registers, opens and stores nothing. */
export async function dryLogin(server: string, flags: LoginFlags, context: Context): Promise<LoginPlan> {
  const { settings, fetch } = await openSignIn(server, context);
  const { url, privateHosts = [], quirks, grant, name, scopes: ceiling, clientMetadataUrl } = settings;
  const { signal } = context;
  const reception = await receptionOf(url, fetch, signal);
  const challenge = reception.kind === 'challenge' ? reception.challenge : undefined;
  const found = await discover({
    url,
    privateHosts,
    quirks,
    grant,
    fetch,
    signal,
    ...(challenge && { challenge }),
  });
  const { server: issuer, scopesSupported } = found;
  const scopes = scopesToRequest({
    challenge: flags.scope?.join(' ') ?? challenge?.scope,
    prm: scopesSupported,
    ceiling,
    server: issuer,
  });
  const takesDocument =
    issuer.client_id_metadata_document_supported === true && quirks.metadataDocument !== false;
  const isGiven = (flags.clientId ?? settings.clientId) !== undefined;
  return {
    server: name,
    url: shownAddress(url),
    issuer: issuer.issuer,
    client: isGiven
      ? 'given'
      : takesDocument && clientMetadataUrl !== undefined
        ? 'metadata-document'
        : issuer.registration_endpoint === undefined
          ? 'app-needed'
          : 'registration',
    scopes: judgeScopes(scopes),
    redirectUri: redirectUriOf(settings.callback),
    hasDeviceCodes: issuer.device_authorization_endpoint !== undefined,
  };
}

const CLIENTS: Record<LoginPlan['client'], string> = {
  given: 'with the client id of the manifest',
  'metadata-document': 'with your client ID metadata document',
  registration: 'as a client that registers by itself',
  'app-needed': 'with an app you create there first: auth login says how',
};

export function renderDryLogin({ server, issuer, client, scopes, hasDeviceCodes }: LoginPlan): string {
  const asked = scopes.map(({ scope, access }) => `${plainLine(scope)} (${access})`);
  return [
    `Would sign in to ${server} at ${issuer}, ${CLIENTS[client]}.`,
    `  asks for: ${asked.length > 0 ? asked.join(', ') : 'what the server chooses'}`,
    ...(hasDeviceCodes ? ['  --device would work too'] : []),
    'Nothing was done (--dry-run).',
  ].join('\n');
}
