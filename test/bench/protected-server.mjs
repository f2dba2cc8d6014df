// An MCP server over HTTP with one tool, `echo`, that wants a token, and the authorization server that gives it to a
// client with the secret: protected-server.mjs <port>
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const [port] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;
const { BENCH_TOKEN: token, BENCH_SECRET: secret } = process.env;
const METADATA = `${origin}/.well-known/oauth-protected-resource/mcp`;
const DOCUMENTS = {
  '/.well-known/oauth-protected-resource/mcp': {
    resource: `${origin}/mcp`,
    authorization_servers: [origin],
  },
  '/.well-known/oauth-authorization-server': {
    issuer: origin,
    token_endpoint: `${origin}/token`,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    response_types_supported: [],
  },
};

const answer = (response, status, body, headers = {}) =>
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(body && JSON.stringify(body));

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const document = DOCUMENTS[request.url];
  if (document) return answer(response, 200, document);
  if (request.url === '/token') {
    const isKnown = new URLSearchParams(body).get('client_secret') === secret;
    const granted = { access_token: token, token_type: 'Bearer', expires_in: 3600 };
    return answer(response, isKnown ? 200 : 401, isKnown ? granted : { error: 'invalid_client' });
  }
  if (request.url !== '/mcp') return answer(response, 404);
  if (request.headers.authorization !== `Bearer ${token}`) {
    return answer(response, 401, undefined, {
      'www-authenticate': `Bearer resource_metadata="${METADATA}"`,
    });
  }
  if (request.method !== 'POST') return answer(response, request.method === 'DELETE' ? 200 : 405);
  const { id, method, params } = JSON.parse(body);
  if (id === undefined) return answer(response, 202);
  if (method === 'initialize') {
    const { protocolVersion } = params;
    const result = {
      protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'bench', version: '1' },
    };
    return answer(response, 200, { jsonrpc: '2.0', id, result }, { 'mcp-session-id': randomUUID() });
  }
  const echo = {
    name: 'echo',
    annotations: { readOnlyHint: true },
    inputSchema: { type: 'object', properties: { message: { type: 'string' } } },
  };
  const result =
    method === 'tools/list'
      ? { tools: [echo] }
      : { content: [{ type: 'text', text: String(params.arguments?.message) }] };
  answer(response, 200, { jsonrpc: '2.0', id, result });
}).listen(Number(port), '127.0.0.1');
