import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { createRedactor } from '../../core/redaction.ts';
import { prepareServer } from '../../gateway/servers/server-target.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import type { StdioEntry } from '../../manifest/entry.ts';
import { driftOf } from '../../mcp/tool-drift.ts';
import { verifyServer } from '../../mcp/verify-server.ts';
import { tryServer } from '../trial/trial-flow.ts';

/** What a start of the code as it stands showed. */
export interface Examined {
  /** Names of its tools. */
  readonly tools: readonly string[];
  /** A hash of each definition, by name. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Milliseconds to start and to list. */
  readonly ms: number;
}

/** Longest wait for one answer to a question about schemas, in milliseconds. */
const WAIT_MS = 10_000;

/** Starts the server once, apart from every session, and lists its tools. @throws what `verifyServer` does */
export async function examineCode(server: string, entry: StdioEntry, context: Context): Promise<Examined> {
  const { platform, program, cwd, signal } = context;
  const { target, secrets } = await prepareServer(chosenOf(server, entry, context), context);
  const { tools, toolHashes, timings } = await verifyServer({
    server,
    target,
    platform,
    env: context.env,
    client: { name: 'mcpctl', version: program.version },
    cwd,
    signal,
    redact: createRedactor(secrets),
  });
  return {
    tools: tools.map(({ name }) => name),
    hashes: toolHashes,
    ms: Math.round(timings.start + timings.list),
  };
}

/** What `test-server` finds wrong with its definitions, without calling a tool; a line for each. */
export async function schemaProblems(server: string, entry: StdioEntry, context: Context): Promise<string[]> {
  const { verdicts } = await tryServer(chosenOf(server, entry, context), {
    context,
    only: ['schema'],
    skip: [],
    waitMs: WAIT_MS,
    mayCall: false,
    updatesSnapshots: false,
    recordings: [],
  });
  return verdicts.flatMap(({ problems }) =>
    problems.map(({ subject, message }) =>
      plainLine(subject === undefined ? message : `${subject}: ${message}`),
    ),
  );
}

/** `+a`, `~b`, `-c`: what was added, changed and taken away since. */
export function describeDrift(before: Examined | undefined, now: Examined): string {
  if (!before) return '';
  const { added, changed, gone } = driftOf(before.hashes, now.hashes);
  const marked = (mark: string, names: readonly string[]): string[] => names.map((name) => `${mark}${name}`);
  return [...marked('+', added), ...marked('~', changed), ...marked('-', gone)].join(' ');
}

/** As if the manifest had it: it may not be there yet. */
function chosenOf(name: string, entry: StdioEntry, { paths }: Context): ChosenServer {
  return { server: { name, entry, scope: 'user', manifest: paths.manifest }, notes: [] };
}
