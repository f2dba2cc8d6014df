import { fromJsonSchema } from '@modelcontextprotocol/server';
import type { Arguments, Operation } from '../src/api/operation.ts';
import { operations } from '../src/operations.ts';
import type { Example } from './example-type.ts';
import { openLoopbackApi } from './loopback-api.ts';
import { sampleOf } from './sample.ts';

/** Calls the first operation for which a sample can be made, at a stand-in that answers with a sample. */
export async function openExample(): Promise<Example> {
  const found = operations.map(sampled).find((one) => one !== undefined);
  const [first] = operations;
  if (!first) throw new Error('There is no operation to call.');
  const { url, close } = await openLoopbackApi(() => (found ? found.reply : { status: 404 }));
  return {
    env: { API_BASE_URL: url },
    call: { name: found?.name ?? first.name, arguments: found?.given ?? {} },
    result: found ? { structuredContent: { status: 200 } } : { isError: true },
    wrong: { ...found?.given, 'no-such-argument': [] },
    resource: 'api://operations',
    close,
  };
}

function sampled({ name, inputSchema, outputSchema }: Operation) {
  const given = sampleOf(inputSchema) as Arguments;
  const { body } = (outputSchema.properties ?? {}) as { body?: Record<string, unknown> };
  const sample = body && sampleOf(body, outputSchema);
  const value = { status: 200, ...(body && { body: sample }) };
  if (!fits(inputSchema, given) || !fits(outputSchema, value)) return undefined;
  return { name, given, reply: body ? { body: sample } : {} };
}

function fits(schema: Operation['inputSchema'], value: unknown): boolean {
  const judged = fromJsonSchema(schema)['~standard'].validate(value);
  return !(judged instanceof Promise) && !judged.issues;
}
