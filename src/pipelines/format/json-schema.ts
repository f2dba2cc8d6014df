import { z } from 'zod';
import { pipelineSchema } from './schema.ts';

/** The JSON Schema of pipelines, for editors. */
export function pipelineJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(pipelineSchema, { target: 'draft-7', io: 'input' });
  return { title: 'Pipeline of mcpctl', ...schema };
}
