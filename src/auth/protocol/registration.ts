import { McpctlError } from '../../core/errors.ts';
import type { OAuthClient, ServerMetadata } from '../credential.ts';
import type { SignInSettings } from '../sign-in-settings.ts';
import { methodFor } from './client-auth.ts';
import { type RegistrationOptions, registerDynamically } from './dynamic-registration.ts';

const ABOUT_THE_REQUEST = [
  'invalid_redirect_uri',
  'invalid_client_metadata',
  'invalid_request',
  'invalid_scope',
];

/**
 * The client to sign in with, in the order of the MCP specification: a given id, a metadata document, a registration.
 * @throws OAUTH_CLIENT_NEEDED when there is no way but an app made by hand; `data.app` says where and how.
 */
export async function register(options: RegistrationOptions): Promise<OAuthClient> {
  const { settings, server } = options;
  const given = givenClient(settings, server);
  if (given) return given;
  if (settings.grant !== 'client-credentials' && server.registration_endpoint !== undefined) {
    try {
      return await registerDynamically(options);
    } catch (error) {
      if (!isClosed(error)) throw error;
    }
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

/** Registration that is advertised and not open: refused as such, not for what was sent. */
function isClosed(error: unknown): boolean {
  if (!(error instanceof McpctlError)) return false;
  if (error.code === 'OAUTH_REFUSED') return !ABOUT_THE_REQUEST.includes(String(error.data?.error));
  const status = Number(error.data?.status);
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
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
