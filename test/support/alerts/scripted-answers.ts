import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer other than the usual one. */
export interface OtherAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a stand-in answers instead of its own rules, first come first served; `hang` never answers. */
export type Scripted = OtherAnswer | 'hang';

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export function answer(response: ServerResponse, { status, body = '', headers = {} }: OtherAnswer): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body);
}
