import type { JsonObject } from '../../core/json.ts';
import { memoryOf } from '../../platform/memory-of.ts';
import { nameOf } from '../definitions.ts';
import type { Scene } from '../scene.ts';
import { type Answer, describeAnswer, isRefusal } from '../talk/answer.ts';
import type { Talk } from '../talk/talk.ts';
import type { LoadFigures } from './figures.ts';

export interface LoadOptions {
  /** Milliseconds. */
  readonly durationMs: number;
  /** Requests at once. */
  readonly concurrency: number;
}

/** Figures, and what a check needs besides. */
export interface Loaded {
  readonly figures: LoadFigures;
  /** What the first failure was. */
  readonly firstFailure?: string;
  /** Bytes at each third of the time. */
  readonly memory: readonly number[];
}

interface Request {
  readonly what: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** Asks many things at once that change nothing, for a while. */
export async function runLoad(scene: Scene, { durationMs, concurrency }: LoadOptions): Promise<Loaded> {
  const [era = 'legacy'] = scene.eras;
  const requests = await requestsFor(scene);
  const talk = await scene.open(era, { forgets: true });
  try {
    const durations = new Map(requests.map(({ what }) => [what, [] as number[]]));
    const memory: number[] = [];
    let failures = 0;
    let firstFailure: string | undefined;
    let next = 0;
    const begun = performance.now();
    const work = async (until: number): Promise<void> => {
      while (performance.now() < until && talk.ended === undefined) {
        scene.signal.throwIfAborted();
        const request = requests[next % requests.length] as Request;
        next += 1;
        const started = performance.now();
        const answer = await talk.ask(request.method, request.params);
        durations.get(request.what)?.push(performance.now() - started);
        if (!isFailure(answer)) continue;
        failures += 1;
        firstFailure ??= `${request.what}: it ${describeAnswer(answer)}`;
      }
    };
    for (const third of [1, 2, 3]) {
      const until = begun + (durationMs * third) / 3;
      await Promise.all(Array.from({ length: concurrency }, () => work(until)));
      memory.push(await memoryNow(talk, scene));
    }
    const duration = performance.now() - begun;
    const total = [...durations.values()].reduce((sum, all) => sum + all.length, 0);
    const [before, , after] = memory;
    const isKnown = memory.every((bytes) => bytes > 0) && before !== undefined && after !== undefined;
    const figures: LoadFigures = {
      requests: total,
      failures,
      concurrency,
      duration: Math.round(duration),
      perSecond: Math.round((total * 1000) / duration),
      latencies: [...durations].map(([what, all]) => ({ what, requests: all.length, ...percentiles(all) })),
      ...(isKnown && { memory: { before, after } }),
    };
    return { figures, memory, ...(firstFailure !== undefined && { firstFailure }) };
  } finally {
    await talk.close();
  }
}

/** Lists, calls that are harmless and worked, and declared ones that may be made many times. */
async function requestsFor(scene: Scene): Promise<Request[]> {
  const { tools } = await scene.definitions();
  const calls = (await scene.samples())
    .filter(({ answer }) => answer.kind === 'result' && !isRefusal(answer))
    .map(({ tool, arguments: values }) => ({ name: nameOf(tool), values }));
  const declared = (scene.examples?.examples ?? [])
    .filter(({ load, expect }) => load === true && expect?.isError !== true)
    .map(({ tool, arguments: values = {} }) => ({ name: tool, values }));
  const all = [...declared, ...calls.filter(({ name }) => !declared.some((one) => one.name === name))];
  return [
    ...(tools.length > 0 ? [{ what: 'tools/list', method: 'tools/list', params: {} }] : []),
    ...all.map(({ name, values }) => ({
      what: `tools/call ${name}`,
      method: 'tools/call',
      params: { name, arguments: values },
    })),
  ];
}

function isFailure(answer: Answer): boolean {
  return answer.kind !== 'result' || answer.result.isError === true;
}

async function memoryNow({ pids }: Talk, { platform }: Scene): Promise<number> {
  const found = await memoryOf(pids, platform);
  return [...found.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function percentiles(durations: readonly number[]): { p50: number; p95: number; p99: number } {
  const sorted = [...durations].sort((a, b) => a - b);
  const at = (share: number): number => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return Math.round(value * 10) / 10;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
