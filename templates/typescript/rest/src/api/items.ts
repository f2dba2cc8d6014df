import { z } from 'zod';
import { ToolError } from '../errors.ts';
import type { Api } from './request.ts';

/** One thing of the API. What else it sends is dropped, so that answers stay small. */
export const item = z.object({
  id: z.string(),
  name: z.string(),
  updatedAt: z.string().optional().describe('When it last changed, ISO 8601'),
});

export type Item = z.infer<typeof item>;

const page = z.object({ items: z.array(item), next: z.string().nullish() });

/** Most items of one request to the API. */
const PAGE_SIZE = 50;

export interface ItemPage {
  readonly items: readonly Item[];
  /** Where to go on; undefined at the end. */
  readonly next: string | undefined;
}

/** Reads pages until there are `limit` items or no more. */
export async function listItems(
  api: Api,
  wanted: { search?: string | undefined; cursor?: string | undefined; limit: number },
  signal?: AbortSignal,
): Promise<ItemPage> {
  const items: Item[] = [];
  let next = wanted.cursor;
  do {
    const query = {
      search: wanted.search,
      cursor: next,
      limit: Math.min(PAGE_SIZE, wanted.limit - items.length),
    };
    const answer = await api.send({ method: 'GET', path: ['items'], query, ...(signal && { signal }) });
    const read = parse(page, answer.body);
    items.push(...read.items);
    next = read.next ?? undefined;
  } while (next !== undefined && items.length < wanted.limit);
  return { items, next };
}

export async function getItem(api: Api, id: string, signal?: AbortSignal): Promise<Item> {
  const answer = await api.send({ method: 'GET', path: ['items', id], ...(signal && { signal }) });
  return parse(item, answer.body);
}

export async function createItem(api: Api, name: string, signal?: AbortSignal): Promise<Item> {
  const answer = await api.send({
    method: 'POST',
    path: ['items'],
    body: { name },
    ...(signal && { signal }),
  });
  return parse(item, answer.body);
}

/** An API changes without notice: better a clear error than a wrong answer. */
function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new ToolError(
    'API_ANSWER_BROKEN',
    `The API's answer is not what it should be: ${z.prettifyError(read.error)}`,
  );
}
