import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { readRetryAfter } from '../../core/retry-after.ts';
import type { Fetch } from '../../platform/fetch.ts';
import { failureOf, invalidAnswer, LONGEST_ANSWER, parseAnswer, saidIn } from '../answer.ts';

export interface FeedOptions {
  /** Without `/v0.1` and without a slash at the end. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  /** Bearer token; never shown. */
  readonly token?: string;
  /** Only what changed from then on, deleted entries among it; everything without it. */
  readonly since?: string;
  /** Tag of the answer to the same question asked before. */
  readonly etag?: string;
  /** @throws CANCELLED */
  pause(milliseconds: number): Promise<void>;
  /** Gets each page of entries, in their order, before the next is asked for. */
  take(entries: readonly unknown[]): void;
  /** Told before a wait the registry asked for. */
  waits(milliseconds: number): void;
}

export interface FeedEnd {
  readonly pages: number;
  /** The answer is the one the tag stands for; nothing was taken. */
  readonly isUnchanged: boolean;
  /** Tag of the first page. */
  readonly etag?: string;
  /** The registry's clock when the first page was answered, ISO 8601. */
  readonly date?: string;
}

const PAGE = 100;
/** Of 100 entries each; a registry that goes on longer is going round. */
const MOST_PAGES = 5000;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
/** Waits of one read together. */
const MOST_WAITING_MS = 120_000;
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Reads the list of a registry, page by page, latest versions only.
 * @throws REGISTRY_UNREACHABLE, REGISTRY_REFUSED, REGISTRY_INVALID, CANCELLED and what the network throws. Entries
 * given out before that are not the whole list.
 */
export async function readFeed(options: FeedOptions): Promise<FeedEnd> {
  const { url, since, take } = options;
  const ask = asker(options);
  let end: FeedEnd = { pages: 0, isUnchanged: false };
  const seen = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const query = new URLSearchParams({
      version: 'latest',
      limit: String(PAGE),
      ...(since !== undefined && { updated_since: since }),
      ...(cursor !== undefined && { cursor }),
    });
    const isFirst = cursor === undefined;
    const { response, text } = await ask(`${url}/v0.1/servers?${query}`, isFirst);
    if (isFirst) end = { ...end, ...headOf(response) };
    if (response.status === 304) return { ...end, isUnchanged: true };
    const answer = parseAnswer(text);
    if (!response.ok) {
      throw failureOf({
        url,
        status: response.status,
        said: saidIn(answer),
        hasToken: options.token !== undefined,
      });
    }
    if (!answer || !Array.isArray(answer.servers)) throw invalidAnswer(url);
    take(answer.servers);
    end = { ...end, pages: end.pages + 1 };
    cursor = nextCursor(answer.metadata);
    if (cursor === undefined) return end;
    if (seen.has(cursor) || end.pages >= MOST_PAGES) {
      throw invalidAnswer(url, { why: `: its pages have no end (${end.pages} were read)` });
    }
    seen.add(cursor);
  }
}

function nextCursor(metadata: unknown): string | undefined {
  const next = isRecord(metadata) ? (metadata.nextCursor ?? metadata.next_cursor) : undefined;
  return typeof next === 'string' && next !== '' ? next : undefined;
}

function headOf({ headers }: Response): Pick<FeedEnd, 'etag' | 'date'> {
  const etag = headers.get('etag');
  const time = Date.parse(headers.get('date') ?? '');
  return {
    ...(etag !== null && etag.length <= 200 && { etag }),
    ...(!Number.isNaN(time) && { date: new Date(time).toISOString() }),
  };
}

type Ask = (
  address: string,
  isFirst: boolean,
) => Promise<{ readonly response: Response; readonly text: string }>;

/** Asks once more where the registry wants time, or where the network broke off in the middle. */
function asker({ url, fetch, signal, token, etag, pause, waits }: FeedOptions): Ask {
  let waited = 0;
  const wait = async (milliseconds: number): Promise<void> => {
    waited += milliseconds;
    if (waited > MOST_WAITING_MS) {
      throw new McpctlError(
        'REGISTRY_UNREACHABLE',
        `The registry ${url} asks to wait ${Math.ceil(milliseconds / 1000)} s before the next page.`,
        { hint: 'Try again then; what was read before is kept.', data: { registry: url } },
      );
    }
    if (milliseconds >= 1000) waits(milliseconds);
    await pause(milliseconds);
  };
  return async (address, isFirst) => {
    const headers = {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(isFirst && etag !== undefined && { 'if-none-match': etag }),
    };
    for (let attempt = 1; ; attempt += 1) {
      const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
      const isLast = attempt === ATTEMPTS;
      try {
        const response = await fetch(address, { headers, signal, maxBytes: LONGEST_ANSWER });
        if (isLast || !AGAIN.has(response.status)) return { response, text: await response.text() };
        await response.body?.cancel();
        await wait(readRetryAfter(response.headers.get('retry-after')) ?? pauseMs);
      } catch (error) {
        // Offline is offline: only a read that had begun is worth another try.
        if (isLast || isFirst || !isNetwork(error)) throw error;
        await wait(pauseMs);
      }
    }
  };
}

function isNetwork(error: unknown): boolean {
  return (
    error instanceof McpctlError && (error.code === 'NETWORK_UNREACHABLE' || error.code === 'NETWORK_TIMEOUT')
  );
}
