import { McpctlError } from '../core/errors.ts';
import { isRecord, type JsonObject } from '../core/json.ts';
import type { RequestOptions } from './peer.ts';
import type { Session } from './session.ts';

export interface PagedList {
  /** e.g. `tools/list`. */
  readonly method: string;
  /** Member of the result that holds the items. */
  readonly key: string;
  /** What each item has to be; an object when absent. */
  readonly isItem?: (value: unknown) => boolean;
}

const MAX_PAGES = 1000;

/** Every item of a list, all pages. @throws SERVER_PROTOCOL when an answer is no such list. */
export async function listPages(
  session: Pick<Session, 'request'>,
  server: string,
  { method, key, isItem = isRecord }: PagedList,
  options?: RequestOptions,
): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const result = await session.request(method, cursor === undefined ? {} : { cursor }, options);
    const found = result[key];
    if (!Array.isArray(found) || !found.every(isItem)) {
      throw new McpctlError(
        'SERVER_PROTOCOL',
        `${server} answered ${method} without a proper list of ${key}.`,
        { data: { server } },
      );
    }
    items.push(...(found as JsonObject[]));
    if (typeof result.nextCursor !== 'string' || seen.has(result.nextCursor)) return items;
    cursor = result.nextCursor;
    seen.add(cursor);
  }
  return items;
}
