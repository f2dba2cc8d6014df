import { z } from 'zod';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const batchToolSchema = z.object({
  name: z.string().min(1),
  description: text,
  params: z
    .array(z.tuple([z.string(), text]))
    .nullish()
    .transform((value) => value ?? []),
  examples: z.array(z.string()).optional(),
});

/** A catalogue as `route --catalog` reads it; what it does not know is ignored. */
export const batchCatalogueSchema = z.array(
  z.object({
    id: z.string().min(1),
    title: text,
    description: text,
    category: text,
    tags: z
      .array(z.string())
      .nullish()
      .transform((value) => value ?? []),
    tools: z
      .array(batchToolSchema)
      .nullish()
      .transform((value) => value ?? []),
  }),
);

/** Requests as `route --queries` reads them. */
export const batchQueriesSchema = z.array(
  z.object({ id: z.union([z.string(), z.number()]).transform(String), q: z.string() }),
);
