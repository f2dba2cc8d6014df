import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Context } from '../../cli/context.ts';
import { progressLine } from '../../cli/progress-line.ts';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { readTextFile } from '../../documents/read.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import type { RoutableServer } from '../../routing/catalogue.ts';
import { createRouter, type Router } from '../../routing/route.ts';
import { createRoutingIndex } from '../../routing/routing-index.ts';

export interface BatchOptions {
  /** A JSON array of servers. */
  readonly catalog: string;
  /** A JSON array of `{id, q}`. */
  readonly queries: string;
  /** Gets a JSON line for each request. */
  readonly out: string;
}

export interface BatchSummary {
  readonly servers: number;
  readonly tools: number;
  readonly queries: number;
  readonly matched: number;
  /** Absolute. */
  readonly out: string;
  /** Time the index took, and half of the requests took at most, in milliseconds. */
  readonly buildMs: number;
  readonly p50Ms: number;
}

const RANKED = 10;

/** Routes many requests over a catalog of a file. @throws FILE_UNREADABLE, DOCUMENT_INVALID, FILE_UNWRITABLE */
export async function routeBatch(options: BatchOptions, context: Context): Promise<BatchSummary> {
  const { batchCatalogueSchema, batchQueriesSchema } = await import('../../routing/batch-schema.ts');
  const servers: RoutableServer[] = await readJson(options.catalog, batchCatalogueSchema, context);
  const queries = await readJson(options.queries, batchQueriesSchema, context);
  const begun = performance.now();
  const router = createRouter(createRoutingIndex(servers));
  const buildMs = performance.now() - begun;
  const progress = progressLine(context.output);
  const times: number[] = [];
  const lines: string[] = [];
  let matched = 0;
  for (const { id, q } of queries) {
    const start = performance.now();
    const answer = answerOf(id, q, router);
    times.push(performance.now() - start);
    if (answer.match) matched += 1;
    lines.push(`${JSON.stringify(answer)}\n`);
    if (lines.length % 1000 === 0) progress.show(`${lines.length} of ${queries.length} requests routed`);
  }
  progress.clear();
  const out = resolve(context.cwd, options.out);
  await writeFileAtomic(out, lines.join(''));
  times.sort((one, other) => one - other);
  return {
    servers: servers.length,
    tools: servers.reduce((sum, { tools }) => sum + tools.length, 0),
    queries: queries.length,
    matched,
    out,
    buildMs: round(buildMs),
    p50Ms: round(times[times.length >> 1] ?? 0),
  };
}

function answerOf(id: string, task: string, router: Router) {
  const { suggestions, match, steps } = router.route(task, { limit: RANKED });
  return {
    id,
    ranked: suggestions.map(({ server, tool }) => ({ server, tool })),
    match,
    steps: steps.map(({ server }) => server),
  };
}

async function readJson<S extends z.ZodType>(
  name: string,
  schema: S,
  { cwd }: Pick<Context, 'cwd'>,
): Promise<z.output<S>> {
  const path = resolve(cwd, name);
  const file = await readTextFile(path);
  if (!file.exists) {
    throw new McpctlError('FILE_UNREADABLE', `There is no file ${path}.`, { data: { path } });
  }
  const parsed = schema.safeParse(parse(file.text, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new McpctlError(
    'DOCUMENT_INVALID',
    `${path}: at ${issue?.path.join('.') || 'the top'}: ${issue?.message}.`,
    {
      hint: 'What the files hold: mcpctl route --help',
      data: { file: path },
    },
  );
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new McpctlError('DOCUMENT_INVALID', `${path} is not JSON: ${messageOf(error)}.`, {
      cause: error,
      data: { file: path },
    });
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
