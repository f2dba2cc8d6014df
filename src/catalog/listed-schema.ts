import { z } from 'zod';
import { CATEGORIES } from './schema.ts';

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const counted = z.tuple([z.int().min(0), isoDate]);

/** A server that stands in public lists and was not tried, in a line of listed.json. */
export const listedServerSchema = z.strictObject({
  slug,
  /** Registry name, where one is proven. */
  name: z.string().optional(),
  title: z.string().min(1),
  description: z.string().min(10).max(200),
  category: z.enum(CATEGORIES),
  maintainer: z.enum(['official', 'vendor', 'community']),
  status: z.enum(['active', 'listed', 'unverified', 'stale', 'superseded', 'deprecated', 'archived']),
  /** What to take instead; a must for what is over. */
  replacedBy: slug.optional(),
  licence: z.string().optional(),
  /** How many, and on which day. */
  stars: counted.optional(),
  pulls: counted.optional(),
  repository: z.url().optional(),
  /** Ways in, the best first: kind, package or address, version where one was seen. */
  ways: z
    .array(
      z.union([
        z.tuple([z.enum(['http', 'sse']), z.string().regex(/^https:\/\//)]),
        z.tuple([z.enum(['npm', 'pypi', 'oci']), z.string().min(1)]),
        z.tuple([z.enum(['npm', 'pypi']), z.string().min(1), z.string().regex(/^\d/)]),
      ]),
    )
    .min(1),
  auth: z.enum(['none', 'api-key', 'oauth']),
  registration: z.enum(['dynamic', 'pre-registered', 'allow-listed', 'unknown']).optional(),
  /** Variables: name, and `r` for required, `s` for secret. */
  env: z
    .array(z.tuple([z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.enum(['', 'r', 's', 'rs'])]))
    .optional(),
  tools: z.array(z.string().min(1)).optional(),
  /** Those of them that only read. */
  readOnly: z.array(z.string()).optional(),
  toolsAsOf: isoDate.optional(),
  /** Whether a public runner could start it and list its tools, and when; a missing key is often why not. */
  probe: z.tuple([z.boolean(), isoDate]).optional(),
  /** In how many lists it stands, and the newest day of them. */
  listed: z.tuple([z.int().min(1), isoDate]),
  sources: z.array(z.string()).min(1),
});

export type ListedServer = z.infer<typeof listedServerSchema>;
