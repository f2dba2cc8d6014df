import { McpctlError } from '../../core/errors.ts';
import type { OAuthClient, ServerMetadata } from '../credential.ts';
import type { SignInSettings } from '../sign-in-settings.ts';
import { methodFor } from './client-auth.ts';
import { type RegistrationOptions, registerDynamically } from './dynamic-registration.ts';

/**
 * The client to sign in with, in the order of the MCP specification: a given id, a metadata document, a registration.
 * @throws OAUTH_CLIENT_NEEDED when there is no way but an app made by hand; `data.app` says where and how.
 */
export async function register(options: RegistrationOptions): Promise<OAuthClient> {
  const { settings, server } = options;
  const given = givenClient(settings, server);
  if (given) return given;
  if (settings.grant !== 'client-credentials' && server.registration_endpoint !== undefined) {
    return await registerDynamically(options);
  }
  throw clientNeeded(options);
}

/** A client that needs no request: one that is configured, or a metadata document the server can fetch. */
function givenClient(settings: SignInSettings, server: ServerMetadata): OAuthClient | undefined {
  const { clientId, clientSecret, clientMetadataUrl, quirks } = settings;
  if (clientId !== undefined) {
    const method = methodFor(clientSecret, server.token_endpoint_auth_methods_supported);
    return {
      kind: 'pre-registered',
      id: clientId,
      ...(clientSecret !== undefined && { secret: clientSecret }),
      authMethod: quirks.tokenAuthMethod ?? method,
    };
  }
  const isWanted = clientMetadataUrl !== undefined && quirks.metadataDocument !== false;
  if (!isWanted || server.client_id_metadata_document_supported !== true) return undefined;
  return { kind: 'metadata-document', id: clientMetadataUrl, authMethod: 'none' };
}

function clientNeeded({ settings, server, redirectUris }: RegistrationOptions): McpctlError {
  const { app, name } = settings;
  const [redirectUri] = redirectUris;
  const where = app ? `Create an app at ${app.console}` : `Ask ${server.issuer} for a client id`;
  const back = redirectUri === undefined ? '' : ` with the redirect URI ${redirectUri}`;
  return new McpctlError(
    'OAUTH_CLIENT_NEEDED',
    `${app?.vendor ?? server.issuer} lets nobody register by themselves, so ${name} needs a client id.`,
    {
      hint: `${where}${back}, then give its id as "clientId" of ${name} in the manifest.`,
      data: { server: name, issuer: server.issuer, redirectUri, ...(app && { app }) },
    },
  );
}
