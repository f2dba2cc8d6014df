import type { TokenOwner } from './protected-server.ts';

export interface Rpc {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly arguments?: { a?: number; b?: number } } & Record<
    string,
    unknown
  >;
}

export interface RpcAnswer {
  readonly jsonrpc: '2.0';
  readonly id: number | string;
  readonly result?: object;
  readonly error?: { code: number; message: string };
}

export const TOOLS = { whoami: 'whoami', add: 'add', admin: 'admin_thing' } as const;

const NONE = { type: 'object', properties: {} };
const NUMBERS = {
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
};

const LIST = [
  { name: TOOLS.whoami, description: 'Says who calls and with which scopes', inputSchema: NONE },
  { name: TOOLS.add, description: 'Adds two numbers', inputSchema: NUMBERS },
  { name: TOOLS.admin, description: 'Does something for administrators', inputSchema: NONE },
].map((tool) => ({ ...tool, annotations: { readOnlyHint: true } }));

/** What the protected server says to one message; nothing for a notification. */
export function answerRpc({ id, method, params }: Rpc, owner: TokenOwner): RpcAnswer | undefined {
  if (id === undefined) return undefined;
  const result = resultOf(method, params, owner);
  if (result) return { jsonrpc: '2.0', id, result };
  return { jsonrpc: '2.0', id, error: { code: -32601, message: `Method not found: ${method}` } };
}

function resultOf(method: string, params: Rpc['params'], owner: TokenOwner): object | undefined {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params?.protocolVersion ?? '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'protected', version: '1.0.0' },
      };
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: LIST };
    case 'tools/call':
      return { content: [{ type: 'text', text: callTool(params, owner) }] };
    default:
      return undefined;
  }
}

function callTool(params: Rpc['params'], { subject, scopes }: TokenOwner): string {
  const { a = 0, b = 0 } = params?.arguments ?? {};
  switch (params?.name) {
    case TOOLS.whoami:
      return JSON.stringify({ subject, scopes });
    case TOOLS.add:
      return String(a + b);
    default:
      return 'done';
  }
}
