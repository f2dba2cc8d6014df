import { basename } from 'node:path';
import { durationOf } from '../../core/duration.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { DEFAULT_ITEMS, DEFAULT_LIMITS, type InputFile, type PipelineFile, type StepFile } from './schema.ts';

export type OutputMode = 'auto' | 'json' | 'text';

/** A tool and what it is given, with expressions in it. */
export interface PipelineCall {
  /** Name in the manifest. */
  readonly server: string;
  readonly tool: string;
  readonly with: JsonObject;
}

export interface StepFallback {
  readonly call?: PipelineCall & { readonly output: OutputMode };
  readonly value?: Json;
}

/** One step, with what its file leaves out filled in. */
export interface Step extends PipelineCall {
  readonly id: string;
  readonly description?: string;
  readonly needs: readonly string[];
  /** Steps that have to be over before: those it needs, and those its expressions read. */
  readonly after: readonly string[];
  /** Source of an expression. */
  readonly if?: string;
  readonly timeoutMs?: number;
  /** `isOwn`: the file says so, and nobody else is to repeat its calls. */
  readonly retry: { readonly attempts: number; readonly pauseMs: number; readonly isOwn: boolean };
  readonly onError: 'abort' | 'continue' | 'fallback';
  readonly fallback?: StepFallback;
  readonly forEach?: {
    readonly items: string | readonly Json[];
    readonly limit: number;
    readonly parallel: number;
  };
  readonly output: OutputMode;
  readonly compensate?: PipelineCall;
}

export interface Pipeline {
  readonly name: string;
  readonly description?: string;
  /** What the gateway offers it as; absent where it is not to. */
  readonly published?: { readonly name: string; readonly description?: string };
  readonly inputs: Readonly<Record<string, InputFile>>;
  readonly steps: readonly Step[];
  readonly outputs: JsonObject;
  readonly limits: { readonly calls: number; readonly durationMs: number; readonly parallel: number };
}

/** A file that was found valid, with defaults filled in; `reads` tells which steps the expressions of a step read. */
export function pipelineOf(
  file: PipelineFile,
  path: string,
  reads: (step: StepFile) => readonly string[],
): Pipeline {
  const { inputs = {}, outputs = {}, limits = {}, description } = file;
  const name = file.name ?? nameOf(path);
  const published = publishedAs(file, name);
  return {
    name,
    ...(description !== undefined && { description }),
    ...(published && { published }),
    inputs,
    steps: file.steps.map((step) => stepOf(step, reads(step))),
    outputs: outputs as JsonObject,
    limits: {
      calls: limits.steps ?? DEFAULT_LIMITS.steps,
      durationMs: millisecondsOf(limits.duration ?? DEFAULT_LIMITS.duration),
      parallel: limits.parallel ?? DEFAULT_LIMITS.parallel,
    },
  };
}

function publishedAs({ publish = false, description }: PipelineFile, name: string): Pipeline['published'] {
  if (publish === false) return undefined;
  const given = publish === true ? {} : publish;
  const told = given.description ?? description;
  return { name: given.name ?? name, ...(told !== undefined && { description: told }) };
}

/** Name of a pipeline whose file does not say one. */
function nameOf(path: string): string {
  const name = basename(path)
    .replace(/\.(ya?ml|jsonc?)$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
  return name === '' ? 'pipeline' : name;
}

function stepOf(step: StepFile, reads: readonly string[]): Step {
  const {
    id,
    description,
    needs = [],
    timeout,
    retry,
    onError = 'abort',
    fallback,
    forEach,
    compensate,
  } = step;
  return {
    id,
    ...(description !== undefined && { description }),
    ...callOf(step),
    needs,
    after: [...new Set([...needs, ...reads])],
    ...(step.if !== undefined && { if: step.if }),
    ...(timeout !== undefined && { timeoutMs: millisecondsOf(timeout) }),
    retry: {
      attempts: retry?.attempts ?? 1,
      pauseMs: millisecondsOf(retry?.pause ?? '1s'),
      isOwn: retry !== undefined,
    },
    onError,
    ...(fallback && { fallback: fallbackOf(fallback) }),
    ...(forEach && {
      forEach: {
        items: forEach.items as string | Json[],
        limit: forEach.limit ?? DEFAULT_ITEMS,
        parallel: forEach.parallel ?? 1,
      },
    }),
    output: step.output ?? 'auto',
    ...(compensate && { compensate: callOf(compensate) }),
  };
}

function fallbackOf({
  call,
  value,
  output = 'auto',
  ...rest
}: NonNullable<StepFile['fallback']>): StepFallback {
  return call === undefined
    ? { value: (value ?? null) as Json }
    : { call: { ...callOf({ call, ...rest }), output } };
}

function callOf({ call, with: given = {} }: Pick<StepFile, 'call' | 'with'>): PipelineCall {
  return { ...splitCall(call), with: given as JsonObject };
}

/** Every call a pipeline may make, what stands in for steps and takes them back among them. */
export function callsIn({ steps }: Pick<Pipeline, 'steps'>): readonly PipelineCall[] {
  return steps.flatMap((step) => [
    step,
    ...(step.fallback?.call ? [step.fallback.call] : []),
    ...(step.compensate ? [step.compensate] : []),
  ]);
}

/** Server and tool of `server.tool`. No server has a dot in its name, tools may. */
export function splitCall(call: string): { readonly server: string; readonly tool: string } {
  const dot = call.indexOf('.');
  return { server: call.slice(0, dot), tool: call.slice(dot + 1) };
}

function millisecondsOf(duration: string): number {
  return durationOf(duration) ?? 0;
}
