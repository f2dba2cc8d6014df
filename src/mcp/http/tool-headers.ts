import type { Receive } from './answer-stream.ts';
import { type HeaderParameters, readListing } from './header-parameters.ts';
import { type ModernMessage, modernHeaders } from './modern-headers.ts';

/** What the stateless era wants of a client about tools whose arguments travel as headers. */
export interface ToolHeaders {
  headersOf(message: ModernMessage): Record<string, string>;
  /** Learns from an answer to `tools/list`; returns it without the tools that must not be offered over HTTP. */
  offer(listing: Buffer): Buffer;
  /** Lists the tools anew on behalf of a call; true when the call would carry other headers now. */
  relearn(call: ModernMessage, ask: Ask): Promise<boolean>;
}

/** Sends a request and hands out what answers it; false when it was refused. */
type Ask = (request: Buffer, receive: Receive) => Promise<boolean>;

const MAX_PAGES = 50;

export function createToolHeaders({ note }: { note?(line: string): void }): ToolHeaders {
  const learnt = new Map<string, HeaderParameters>();
  const told = new Set<string>();
  const headersOf = (message: ModernMessage): Record<string, string> =>
    modernHeaders(message, learnt.get(String(message.params.name)));
  const read = (answer: Buffer) => {
    const listing = readListing(answer, learnt);
    for (const { name, reason } of listing.hidden) {
      if (told.has(name)) continue;
      told.add(name);
      note?.(`The tool ${name} is not offered: its schema ${reason}.`);
    }
    return listing;
  };
  return {
    headersOf,
    offer: (listing) => read(listing).bytes,
    async relearn(call, ask) {
      if (call.method !== 'tools/call') return false;
      const before = JSON.stringify(headersOf(call));
      const { progressToken, ...meta } = call.params._meta;
      void progressToken;
      let params: ModernMessage['params'] = { _meta: meta };
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const request = { jsonrpc: '2.0', id: `mcpctl-tools-${page}`, method: 'tools/list', params };
        let next: ReturnType<typeof read>['nextCursor'];
        const isAnswered = await ask(Buffer.from(JSON.stringify(request)), (bytes, { kind }) => {
          if (kind === 'response') next = read(bytes).nextCursor;
        });
        if (!isAnswered || next === undefined || JSON.stringify(headersOf(call)) !== before) break;
        params = { _meta: meta, cursor: next };
      }
      return JSON.stringify(headersOf(call)) !== before;
    },
  };
}
