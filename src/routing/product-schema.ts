import { z } from 'zod';

const phrase = z.string().regex(/^[^\s,][^,]*$/, 'one phrase without commas');

/** What people say when they mean a product, whatever server serves it. */
export const productSchema = z.strictObject({
  /** Other names of servers that are this product, as words. */
  names: z.array(phrase).optional(),
  /** The name is also an ordinary word: alone it counts only where it is written or placed as a name. */
  common: z.boolean().optional(),
  /** A larger product this one belongs to, whose names it may share. */
  partOf: z.string().optional(),
  /** Names this product and hardly any other. */
  strong: z.array(phrase),
  /** Nouns of its trade, which others use as well. */
  weak: z.array(phrase),
  /** Requests in users' words, by tool. */
  tools: z.record(z.string(), z.array(z.string().min(3)).min(1)).optional(),
});

/** Products by id, lower case with hyphens. */
export const productsSchema = z.record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/), productSchema);

export type Product = z.infer<typeof productSchema>;
