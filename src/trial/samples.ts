import { isRecord, type JsonObject } from '../core/json.ts';
import type { Era } from '../mcp/greeting.ts';
import { annotationsOf, type Definitions, nameOf } from './definitions.ts';
import type { ExampleFile } from './examples/example-file.ts';
import { isNamedForChange } from './named-for-change.ts';
import { sampleArguments } from './sample-arguments.ts';
import type { Answer } from './talk/answer.ts';
import type { Talk } from './talk/talk.ts';

/** A call that was tried, and what came back. */
export interface SampleCall {
  readonly tool: JsonObject;
  readonly arguments: JsonObject;
  readonly answer: Answer;
  /** Milliseconds. */
  readonly duration: number;
  /** True when it reported progress, so that silence means that it takes its time. */
  readonly isWorking: boolean;
}

/** What is needed of the scene. */
interface Stage {
  readonly mayCall: boolean;
  readonly eras: readonly Era[];
  readonly examples?: ExampleFile;
  readonly signal: AbortSignal;
  definitions(): Promise<Definitions>;
  shared(era: Era): Promise<Talk>;
}

/** More would say nothing new of a server, and take minutes. */
const MOST_CALLS = 40;

/** True where calling the tool does no harm, by its own word and by its name. */
export function isHarmless(tool: JsonObject): boolean {
  const hints = annotationsOf(tool);
  return hints.readOnlyHint === true && hints.destructiveHint !== true && !isNamedForChange(nameOf(tool));
}

/** Calls each harmless tool once with a progress token, by an example where there is one. */
export async function trySamples(scene: Stage): Promise<readonly SampleCall[]> {
  if (!scene.mayCall) return [];
  const [era] = scene.eras;
  if (!era) return [];
  const { tools } = await scene.definitions();
  const samples: SampleCall[] = [];
  for (const tool of tools.filter(isHarmless).slice(0, MOST_CALLS)) {
    scene.signal.throwIfAborted();
    const talk = await scene.shared(era);
    const values = argumentsFor(tool, scene);
    const begun = performance.now();
    const progressToken = `of-${samples.length}`;
    const params = { name: nameOf(tool), arguments: values, _meta: { progressToken } };
    const id = talk.begin('tools/call', params);
    const answer = await talk.answerTo(id);
    const reason = 'it took too long for a test';
    if (answer.kind === 'none') await talk.notify('notifications/cancelled', { requestId: id, reason });
    const duration = performance.now() - begun;
    const isWorking = talk.lines.some(
      ({ from, message }) => from === 'server' && isProgressOf(message, progressToken),
    );
    samples.push({ tool, arguments: values, answer, duration, isWorking });
  }
  return samples;
}

/** Of the first example that is meant to succeed, else made from the schema. */
function argumentsFor(tool: JsonObject, { examples }: Stage): JsonObject {
  const example = examples?.examples.find(
    ({ tool: name, expect }) => name === tool.name && expect?.isError !== true,
  );
  if (example) return example.arguments ?? {};
  return isRecord(tool.inputSchema) ? sampleArguments(tool.inputSchema as JsonObject) : {};
}

function isProgressOf({ method, params }: JsonObject, token: string): boolean {
  return method === 'notifications/progress' && isRecord(params) && params.progressToken === token;
}
