import { z } from 'zod';
import { durationOf } from '../../core/duration.ts';

/** Calls a run may make unless the file says otherwise, and the most it may say. */
export const DEFAULT_LIMITS = { steps: 50, duration: '10m', parallel: 4 } as const;
export const DEFAULT_ITEMS = 20;
const MOST_CALLS = 500;
const MOST_PARALLEL = 16;
const MOST_ATTEMPTS = 10;

export const INPUT_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;

const sentence = z.string().min(1).max(2000);
const stepId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, "-" and "_", beginning with a letter');
const inputName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, "-" and "_", beginning with a letter');
const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)?$/, { error: 'must be a duration such as 500ms, 30s or 2m', abort: true })
  .refine((text) => durationOf(text) !== undefined, 'must be longer than nothing');
const toolName = z.string().regex(/^[^.\s${}]+\.[^\s${}]+$/, 'must be server.tool');
const argumentsOf = z
  .record(z.string(), z.json())
  .describe('Arguments of the tool; texts may hold ${{ expressions }}');
const outputMode = z.enum(['auto', 'json', 'text']);

const inputSchema = z.strictObject({
  type: z.enum(INPUT_TYPES).optional().describe('What it is; string when left out'),
  description: sentence.optional().describe('What it is for'),
  default: z.json().optional().describe('Its value when nobody gives one'),
  required: z.boolean().optional().describe('Whether a run needs it; true when there is no default'),
  enum: z.array(z.json()).min(1).optional().describe('The values it may have'),
});

const callSchema = {
  call: toolName.describe('Tool to call, as server.tool; the server by its name in the manifest'),
  with: argumentsOf.optional(),
};

const fallbackSchema = z
  .strictObject({
    call: callSchema.call.optional(),
    with: callSchema.with,
    value: z.json().optional().describe('Output of the step instead; may hold ${{ expressions }}'),
    output: outputMode.optional().describe('How the answer of the other tool is read'),
  })
  .refine(({ call, value }) => (call === undefined) !== (value === undefined), 'needs either call or value')
  .describe('What stands in for the step when it fails, with onError: fallback');

const stepSchema = z
  .strictObject({
    id: stepId.describe('Name of the step, unique in the file'),
    description: sentence.optional().describe('What it does, for people'),
    ...callSchema,
    needs: z.array(stepId).optional().describe('Steps that come before, besides those its expressions read'),
    if: z.string().min(1).optional().describe('Expression; the step is skipped unless it is true'),
    timeout: duration.optional().describe('Longest time for one call of it'),
    retry: z
      .strictObject({
        attempts: z.int().min(1).max(MOST_ATTEMPTS).describe('Calls in all'),
        pause: duration.optional().describe('Time before each further one; 1s when left out'),
      })
      .optional()
      .describe(
        'Further attempts when it fails. Tools that write are tried again only when nothing was sent',
      ),
    onError: z
      .enum(['abort', 'continue', 'fallback'])
      .optional()
      .describe('What its failure does to the run; abort when left out'),
    fallback: fallbackSchema.optional(),
    forEach: z
      .strictObject({
        items: z
          .union([z.string().min(1), z.array(z.json())])
          .describe(
            'List, or expression that makes one; the step is called for each item, as item and index',
          ),
        limit: z
          .int()
          .min(1)
          .max(MOST_CALLS)
          .optional()
          .describe(`Longest list; ${DEFAULT_ITEMS} when left out`),
        parallel: z.int().min(1).max(MOST_PARALLEL).optional().describe('Items at once; 1 when left out'),
      })
      .optional()
      .describe('Calls the tool once for each item of a list; the output is the list of outputs'),
    output: outputMode
      .optional()
      .describe(
        'How the answer is read. auto: structured content, else JSON in the only text, else the text; json: the same and nothing else; text: the text',
      ),
    compensate: z
      .strictObject(callSchema)
      .optional()
      .describe('Call that takes the step back when a later one makes the run fail; may read its output'),
  })
  .refine(({ onError, fallback }) => onError !== 'fallback' || fallback !== undefined, {
    error: 'must say what stands in, with onError: fallback',
    path: ['fallback'],
  })
  .refine(({ onError, fallback }) => fallback === undefined || onError === 'fallback', {
    error: 'must be fallback where the step has one',
    path: ['onError'],
  });

const pipelineName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens');

/** A pipeline as people write it. */
export const pipelineSchema = z.strictObject({
  $schema: z.string().optional().describe('Where an editor finds this schema'),
  name: pipelineName.optional().describe('Name of the pipeline; that of the file when left out'),
  description: sentence.optional().describe('What it does, for people and for clients it is published to'),
  publish: z
    .union([
      z.boolean(),
      z.strictObject({
        name: pipelineName.optional().describe('Name of the tool; that of the pipeline when left out'),
        description: sentence
          .optional()
          .describe('What clients are told it does; the description of the pipeline when left out'),
      }),
    ])
    .optional()
    .describe('Whether the gateway offers it as a tool, from the folders it takes pipelines of'),
  inputs: z.record(inputName, inputSchema).optional().describe('Values a run is given, as inputs.<name>'),
  steps: z.array(stepSchema).min(1).max(MOST_CALLS).describe('What is called'),
  outputs: z
    .record(z.string(), z.json())
    .optional()
    .describe('What the run answers; texts may hold ${{ expressions }}'),
  limits: z
    .strictObject({
      steps: z
        .int()
        .min(1)
        .max(MOST_CALLS)
        .optional()
        .describe(`Calls a run may make; ${DEFAULT_LIMITS.steps} when left out`),
      duration: duration.optional().describe(`Longest run; ${DEFAULT_LIMITS.duration} when left out`),
      parallel: z
        .int()
        .min(1)
        .max(MOST_PARALLEL)
        .optional()
        .describe(`Steps at once; ${DEFAULT_LIMITS.parallel} when left out`),
    })
    .optional()
    .describe('What a run may not exceed'),
});

export type PipelineFile = z.infer<typeof pipelineSchema>;
export type StepFile = PipelineFile['steps'][number];
export type InputFile = z.infer<typeof inputSchema>;
