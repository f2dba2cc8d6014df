import type { IncomingMessage } from 'node:http';
import { McpctlError } from '../../core/errors.ts';
import { createRedactor } from '../../core/redaction.ts';
import type { RemoteTarget } from '../transport.ts';
import { type Authorize, type Challenge, challengeOf, signInNeeded } from './authorize.ts';
import { refuseClearText } from './clear-text.ts';
import { createExchange, type Exchange, type HttpRequest } from './exchange.ts';

export interface HttpLinkOptions {
  readonly server: string;
  readonly target: RemoteTarget;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly authorize?: Authorize;
  /** Takes secrets out of what is quoted from answers. */
  readonly redact?: (text: string) => string;
  /** Gets remarks for the user on what the server does. */
  note?(line: string): void;
}

/** A token that somebody else has renewed may be at its end as well, so a second one is tried. */
const MOST_TRIES = 2;

/** Requests to one server with its headers and its token; answers to challenges are sought twice a request. */
export interface HttpLink {
  readonly server: string;
  readonly url: URL;
  /** @throws SERVER_UNREACHABLE, SIGN_IN_NEEDED, URL_REFUSED and what `authorize` throws. */
  request(request: Omit<HttpRequest, 'url'> & { readonly url?: URL }): Promise<IncomingMessage>;
  /** Takes secrets and the tokens in use out of what is quoted from answers. */
  redact(text: string): string;
  /** Stops or resumes every answer that is being read. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** @throws SERVER_UNREACHABLE, URL_REFUSED. */
export function createHttpLink(options: HttpLinkOptions): HttpLink {
  const { server, target, env, authorize, redact = (text) => text } = options;
  const home = parseUrl(server, target.url);
  refuseClearText({ server, url: home, headers: target.headers, redact });
  const exchange: Exchange = createExchange({ server, env });
  const open = new Set<IncomingMessage>();
  let lastSent: Readonly<Record<string, string>> = {};
  let isPaused = false;
  const once = async (
    request: HttpRequest,
  ): Promise<{ response: IncomingMessage; challenge: Challenge | undefined }> => {
    const { url } = request;
    const sent = await authorize?.headers(url);
    if (sent) {
      refuseClearText({ server, url, headers: sent, redact });
      lastSent = sent;
    }
    const response = await exchange.request({
      ...request,
      headers: { ...target.headers, ...sent, ...request.headers },
    });
    const challenge = challengeOf(response, url);
    // Nothing is read of a refusal, and its connection is free for the next try.
    if (challenge) response.resume();
    return { response, challenge: challenge && { ...challenge, ...(sent && { sent }) } };
  };
  return {
    server,
    url: home,
    async request(partial) {
      const request = { ...partial, url: partial.url ?? home };
      let { response, challenge } = await once(request);
      for (let tries = 0; challenge && tries < MOST_TRIES; tries += 1) {
        if (!(await authorize?.satisfy(challenge))) break;
        ({ response, challenge } = await once(request));
        if (!challenge) authorize?.accepted?.();
      }
      if (challenge) throw authorize?.refusal?.(challenge) ?? signInNeeded(server, challenge);
      open.add(response);
      response.once('close', () => open.delete(response));
      if (isPaused) response.pause();
      return response;
    },
    redact(text) {
      const tokens = Object.values(lastSent).flatMap((value) => value.split(' ').slice(-1));
      return createRedactor(tokens)(redact(text));
    },
    pause() {
      isPaused = true;
      for (const response of open) response.pause();
    },
    resume() {
      isPaused = false;
      for (const response of open) response.resume();
    },
    close: () => exchange.close(),
  };
}

function parseUrl(server: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new McpctlError('SERVER_UNREACHABLE', `The "url" of ${server} is not an http or https address.`, {
    hint: 'mcpctl config validate',
    data: { server },
  });
}

/** The whole body of an answer. */
export async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** What there is of the body of a refusal. */
export async function readBodyIfAny(response: IncomingMessage): Promise<Buffer> {
  return await readBody(response).catch(() => Buffer.alloc(0));
}

/** JSON on one line: in JSON text a line break is never inside a string. */
export function onOneLine(bytes: Buffer): Buffer {
  if (!bytes.includes(0x0a) && !bytes.includes(0x0d)) return bytes;
  const line = Buffer.from(bytes);
  for (let at = 0; at < line.length; at += 1) if (line[at] === 0x0a || line[at] === 0x0d) line[at] = 0x20;
  return line;
}

export function isEventStream(response: IncomingMessage): boolean {
  return (response.headers['content-type'] ?? '').toLowerCase().startsWith('text/event-stream');
}
