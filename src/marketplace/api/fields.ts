import { z } from 'zod';
import { REGISTRY_NAME } from '../../core/registry-names.ts';
import { STATUSES } from '../events.ts';
import { type ApiRequest, Refusal } from './exchange.ts';

const LONGEST_BODY = 256 * 1024;

/** What requests bring. Members nobody knows are left alone. */
export const STATUS_CHANGE = z.object({
  status: z.enum(STATUSES),
  statusMessage: z.string().max(500).optional(),
  replacement: z.string().regex(REGISTRY_NAME, 'must be the full name of a server').optional(),
});
export const RATING = z.object({ stars: z.int().min(1).max(5) });
export const OWNERS = z.object({ owners: z.array(z.string().min(1).max(100)).min(1).max(50) });
export const INSTALL = z.object({ by: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/) });

/** The JSON of a body. @throws Refusal */
export async function readJson(request: ApiRequest): Promise<unknown> {
  const body = await request.body(LONGEST_BODY);
  if (body === 'too-large') throw new Refusal(413, `The body is longer than ${LONGEST_BODY} bytes`, CLOSE);
  if (body === 'cut-off') throw new Refusal(400, 'The body was cut off');
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new Refusal(400, 'The body is no JSON');
  }
}

/** @throws Refusal */
export async function readFields<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T> {
  const { data, error } = schema.safeParse(await readJson(request));
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw new Refusal(400, `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'is not understood'}`);
}

/** The rest of a body nobody reads would be taken for the next request. */
export const CLOSE = { connection: 'close' } as const;
