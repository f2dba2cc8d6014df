import type { Intent } from '../../audit/row.ts';
import { intentOf } from '../../calls/call-facts.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { Tool } from '../../mcp/tools.ts';
import { toolOfPipeline } from '../format/inputs.ts';
import { callsIn, type Pipeline } from '../format/pipeline.ts';

/** Tools of a server, as far as they are known. */
export type KnownTools = (server: string) => readonly Tool[] | undefined;

/** A published pipeline as clients see it; it is as safe as the least safe of its calls, known or not. */
export function publishedTool(pipeline: Pipeline, known: KnownTools): Tool {
  const { name, published } = pipeline;
  const found = callsIn(pipeline).map(({ server, tool }) => known(server)?.find((one) => one.name === tool));
  return {
    ...toolOfPipeline(pipeline),
    name: published?.name ?? name,
    description: [published?.description ?? `Runs the pipeline ${name}.`, stepsOf(pipeline, known)].join(
      '\n\n',
    ),
    annotations: annotationsOf(found),
  };
}

const DOES: Readonly<Record<Intent, string>> = {
  read: 'reads',
  write: 'writes',
  destructive: 'changes or deletes',
  unknown: 'may write',
};

function stepsOf({ steps }: Pipeline, known: KnownTools): string {
  const told = steps.map(({ id, server, tool }) => {
    const found = known(server)?.find((one) => one.name === tool);
    return `${id}: ${server}.${tool} (${DOES[intentOf(found?.annotations)]})`;
  });
  return `Calls ${told.join(', ')}.`;
}

function annotationsOf(tools: readonly (Tool | undefined)[]): JsonObject {
  const intents = tools.map((tool) => intentOf(tool?.annotations));
  const isReading = intents.every((intent) => intent === 'read');
  const isOpen = tools.some(
    (tool) => !isRecord(tool?.annotations) || tool.annotations.openWorldHint !== false,
  );
  return {
    readOnlyHint: isReading,
    // What is not known to be harmless is not said to be.
    ...(!isReading && {
      destructiveHint: intents.some((intent) => intent !== 'read' && intent !== 'write'),
      idempotentHint: false,
    }),
    openWorldHint: isOpen,
  };
}
