import { isRecord } from '../../core/json.ts';
import { isTool, type Tool } from '../tools.ts';

/** The tools as the server last listed them to its client. Parsed only when somebody wants to know. */
export interface Listing {
  /** A page as it was asked for and answered. */
  page(request: Buffer, answer: Buffer): void;
  /** Every tool there is now. */
  set(tools: readonly Tool[]): void;
  /** Undefined when nobody listed them to the end. */
  tools(): readonly Tool[] | undefined;
}

export function createListing(): Listing {
  let pages: Buffer[] = [];
  let known: readonly Tool[] | undefined;
  return {
    page(request, answer) {
      if (memberOf(request, 'params')?.cursor === undefined) pages = [];
      // A copy: a line may be a piece of a much larger chunk.
      pages.push(Buffer.from(answer));
      known = undefined;
    },
    set(tools) {
      pages = [];
      known = tools;
    },
    tools() {
      if (!known && pages.length > 0) known = toolsOn(pages);
      return known;
    },
  };
}

function toolsOn(pages: readonly Buffer[]): readonly Tool[] | undefined {
  const results = pages.map((page) => memberOf(page, 'result'));
  if (results.at(-1)?.nextCursor !== undefined) return undefined;
  return results.flatMap((result) => (Array.isArray(result?.tools) ? result.tools.filter(isTool) : []));
}

/** An object a message holds. */
export function memberOf(message: Buffer, key: 'params' | 'result'): Record<string, unknown> | undefined {
  const value: unknown = JSON.parse(message.toString('utf8'));
  const member = isRecord(value) ? value[key] : undefined;
  return isRecord(member) ? member : undefined;
}
