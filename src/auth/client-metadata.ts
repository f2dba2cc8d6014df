import { McpctlError } from '../core/errors.ts';

export interface ClientMetadata {
  readonly client_id: string;
  readonly client_name: string;
  readonly redirect_uris: readonly string[];
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  readonly token_endpoint_auth_method: 'none';
  readonly application_type: 'native';
}

/**
 * The document that stands for mcpctl at authorization servers that read client ids as addresses
 * (draft-ietf-oauth-client-id-metadata-document). Loopback redirects have no port, since any may be used; `ports` are
 * for servers that compare them all the same.
 * @throws USAGE when the address cannot be a client id.
 */
export function clientMetadata(url: string, ports: readonly number[] = []): ClientMetadata {
  checkAddress(url);
  const hosts = ['127.0.0.1', 'localhost'];
  return {
    client_id: url,
    client_name: 'mcpctl',
    redirect_uris: hosts.flatMap((host) =>
      ['', ...ports.map((port) => `:${port}`)].map((port) => `http://${host}${port}/callback`),
    ),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  };
}

function checkAddress(text: string): void {
  const refuse = (why: string): never => {
    throw new McpctlError('USAGE', `${JSON.stringify(text)} cannot be a client id: ${why}.`, {
      hint: 'For example: --url https://example.com/mcpctl/client.json',
    });
  };
  if (!URL.canParse(text)) refuse('it is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:') refuse('it must begin with https://');
  if (url.pathname === '/') refuse('it needs a path');
  if (url.username || url.password || url.hash || url.search)
    refuse('it may have no user name, query or fragment');
  // Servers compare it letter by letter with what the document says.
  if (url.href !== text) refuse(`write it as ${url.href}`);
}
