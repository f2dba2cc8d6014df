import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import { CHECK_IDS } from '../check-ids.ts';

const json = z.json() as z.ZodType<Json>;
const object = z.record(z.string(), json) as z.ZodType<JsonObject>;
const name = z.string().min(1);

const expect = z
  .strictObject({
    isError: z.boolean().optional().describe('Whether the call is to be refused; false when left out'),
    equals: json
      .optional()
      .describe('What structuredContent is to be; without structuredContent, what the text is, read as JSON'),
    contains: z
      .union([z.string(), z.array(z.string()), object])
      .optional()
      .describe('Texts the answer holds, or members structuredContent has, whatever else it has'),
    matches: z
      .string()
      .refine(isPattern, 'must be a regular expression')
      .optional()
      .describe('A regular expression for the text'),
    schema: object.optional().describe('A JSON Schema for structuredContent, or for the text read as JSON'),
    snapshot: z
      .boolean()
      .optional()
      .describe('Whether the answer is to be the one kept in mcp-tests.snapshots.json; --update writes it'),
    ignore: z
      .array(name)
      .optional()
      .describe('Members of the answer that always differ, such as structuredContent.time'),
    within: z.int().min(1).optional().describe('Longest duration, in milliseconds'),
  })
  .describe('What is expected of the answer');

const example = z.strictObject({
  name: name.describe('What the example shows, as it stands in reports'),
  tool: name.describe('Name of the tool'),
  arguments: object.optional().describe('Its arguments'),
  expect: expect.optional(),
  load: z
    .boolean()
    .optional()
    .describe('Whether --load may make the call many times; only for calls that do no harm'),
});

const replay = z.strictObject({
  file: name.describe('A session recorded with --record, relative to this file'),
  ignore: z
    .array(name)
    .optional()
    .describe('Members of answers that always differ, such as result.structuredContent.time'),
});

const known = z.strictObject({
  check: z.enum(CHECK_IDS as unknown as [string, ...string[]]).describe('Id of the check'),
  subject: name.optional().describe('The tool, prompt or resource; all of them when left out'),
  reason: name.describe('Why it is left alone'),
});

export const exampleFileSchema = z.strictObject({
  $schema: z.string().optional().describe('Address of this schema, for editors'),
  examples: z.array(example).optional().describe('Calls, and what is expected of them; made in this order'),
  replays: z.array(replay).optional().describe('Recorded sessions to repeat'),
  known: z.array(known).optional().describe('Findings that are known and do not count'),
});

export type Example = z.infer<typeof example>;
export type Replay = z.infer<typeof replay>;
export type Known = z.infer<typeof known>;

/** What a project declares about its server. */
export interface ExampleFile {
  /** Absolute path; snapshots and recordings lie beside it. */
  readonly path: string;
  readonly examples: readonly Example[];
  readonly replays: readonly Replay[];
  readonly known: readonly Known[];
  /** Name of an example → its answer. */
  readonly snapshots: Readonly<Record<string, JsonObject>>;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 's');
    return true;
  } catch {
    return false;
  }
}
