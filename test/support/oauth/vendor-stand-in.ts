import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Route } from './internet.ts';
import { type ProtectedServer, startProtectedServer } from './protected-server.ts';
import { type RecordedRequest, recording } from './record.ts';
import { addOwnClient, createState, ownerOf, reply } from './vendor-endpoints.ts';
import { VENDORS, type VendorRules } from './vendor-rules.ts';

export interface VendorStandIn {
  readonly issuer: string;
  /** For `startInternet`: its hosts; none when it is on this machine. */
  readonly hosts: Readonly<Record<string, Route>>;
  /** Its MCP server. */
  readonly server: ProtectedServer;
  readonly rules: VendorRules;
  /** Everything the authorization server was asked, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Makes every access token given so far worthless. */
  expireTokens(): void;
  /** Forgets every client that registered itself. */
  purgeClients(): void;
  readonly close: () => Promise<void>;
}

/** A small, strict authorization server with one vendor's habits, and an MCP server behind it. Consents at once. */
export async function startVendor(vendor: keyof typeof VENDORS | VendorRules): Promise<VendorStandIn> {
  const rules: VendorRules = typeof vendor === 'string' ? VENDORS[vendor] : vendor;
  const state = createState(rules);
  const requests: RecordedRequest[] = [];
  const hooks = { intercept: () => false, alter: () => undefined };
  let issuer = '';
  const listener = recording(requests, hooks, (_, response, request) => {
    const { status, headers, body } = reply({ request, state, issuer });
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(body);
  });
  const listening = createServer(listener).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  issuer = rules.home?.issuer ?? `http://127.0.0.1:${port}`;
  const url = rules.home && new URL(rules.home.url);
  const server = await startProtectedServer({
    issuers: [issuer],
    ...(url && { publicOrigin: url.origin, path: url.pathname, metadata: 'inserted' }),
    scopesSupported: rules.scopes ?? ['read', 'write'],
    verify: async (token) => ownerOf(token, state),
  });
  return {
    issuer,
    hosts: hostsOf(rules, { issuer: port, server: server.port }),
    server,
    rules,
    requests,
    expireTokens: () => state.access.clear(),
    purgeClients() {
      state.clients.clear();
      addOwnClient(state);
    },
    close: async () => {
      listening.closeAllConnections();
      listening.close();
      await server.close();
    },
  };
}

function hostsOf({ home }: VendorRules, ports: { issuer: number; server: number }): Record<string, Route> {
  if (!home) return {};
  const url = new URL(home.url);
  const isServer = (path: string): boolean =>
    path.startsWith(url.pathname) || path.startsWith('/.well-known/oauth-protected-resource');
  return {
    [new URL(home.issuer).host]: ports.issuer,
    [url.host]: (path) => (isServer(path) ? ports.server : ports.issuer),
  };
}
