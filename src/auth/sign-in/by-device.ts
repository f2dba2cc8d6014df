import { redirectUriOf } from '../../catalog/app-steps.ts';
import { McpctlError } from '../../core/errors.ts';
import type { Credential } from '../credential.ts';
import { deviceAuthorization } from '../protocol/device-authorization.ts';
import { register } from '../protocol/registration.ts';
import type { Prepared } from './request.ts';

/** Signs in by a code that the user types into a page on any other device (RFC 8628). */
export async function signInByDevice(prepared: Prepared): Promise<Credential> {
  const { discovery, wanted, fetch, ports, signal } = prepared;
  const { server, resource } = discovery;
  const settings = { ...prepared.settings, grant: 'device-code' } as const;
  if (server.device_authorization_endpoint === undefined) throw noCodes(settings.name, server.issuer);
  // Some servers want a redirect address of every client, even of one that never uses it.
  const redirectUris = [redirectUriOf(settings.callback)];
  const client = await register({ settings, server, redirectUris, scopes: wanted, fetch, signal });
  const { now } = ports;
  const device = await deviceAuthorization({ server, client, resource, scopes: wanted, fetch, now, signal });
  const { userCode, verificationUri, verificationUriComplete, expiresAt } = device;
  ports.say({
    kind: 'device',
    userCode,
    url: verificationUri,
    ...(verificationUriComplete !== undefined && { urlWithCode: verificationUriComplete }),
    expiresAt,
  });
  const tokens = await device.wait(signal);
  return await prepared.keep(client, tokens);
}

function noCodes(server: string, issuer: string): McpctlError {
  return new McpctlError(
    'OAUTH_DISCOVERY_FAILED',
    `${issuer} knows no codes to sign in with on another device.`,
    {
      hint: `mcpctl auth login ${server} --no-browser prints an address to open anywhere.`,
      data: { server, issuer },
    },
  );
}
