import { tmpdir } from 'node:os';
import { findInCatalog } from '../../catalog/find.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { readOffer } from '../../docs/read-offer.ts';
import { cutAnswer, harmlessCalls, type SampleCall } from '../../docs/sample-calls.ts';
import type { Example, ServerDescription } from '../../docs/server-description.ts';
import { type OpenServer, openServer } from '../../gateway/servers/open-server.ts';
import { readLock } from '../../manifest/lock.ts';
import type { LockEntry } from '../../manifest/lock-schema.ts';
import { checkSchema } from '../../mcp/schema.ts';
import type { Tool } from '../../mcp/tools.ts';
import { createStyle } from '../../platform/style.ts';
import type { Project } from '../../servers/project/project.ts';
import { readSettings } from '../../settings/read.ts';
import { findExampleFile } from '../../trial/examples/read-example-file.ts';
import { type CallPath, openCallPath } from '../calls/call-path.ts';
import { attachmentsOf, renderResult } from '../calls/tool-result-view.ts';
import type { NamedServer } from '../servers/server-or-project.ts';
import { installationOf } from './installation.ts';

/** Which calls are made for examples: harmless ones, those somebody wrote down, or none. */
export type ExampleChoice = 'safe' | 'declared' | 'none';

export interface DescribeOptions {
  readonly examples: ExampleChoice;
  /** Longest silence of the server, in milliseconds. */
  readonly timeoutMs: number;
  readonly context: Context;
}

/** Starts the server, reads everything it offers, and makes the calls that become examples. */
export async function describeServer(
  named: NamedServer,
  { examples: choice, timeoutMs, context }: DescribeOptions,
): Promise<ServerDescription> {
  const { chosen, project } = named;
  const { name, manifest } = chosen.server;
  const lock = project ? undefined : (await readLock(manifest)).servers[name];
  const catalog = lock?.catalog === undefined ? undefined : (await findInCatalog(lock.catalog))?.entry;
  const open = await openServer({
    server: name,
    chosen,
    machine: context,
    timeoutMs,
    note: (line) => context.output.note(line),
  });
  try {
    const { session } = open;
    const shown = shower(open, named, context);
    const offer = await readOffer(session, name);
    const calls = await callsOf(named, { choice, tools: offer.tools, lock });
    const examples = await callAll(calls, { open, offer, name, shown, context });
    const { serverInfo, instructions, protocolVersion } = session;
    const title = serverInfo.title ?? project?.title ?? catalog?.title ?? serverInfo.name;
    const version = project?.version ?? serverInfo.version;
    const description = project?.description ?? catalog?.description ?? serverInfo.description;
    return {
      name,
      title: shown(typeof title === 'string' && title !== '' ? title : name),
      ...(typeof version === 'string' && { version }),
      ...(typeof description === 'string' && { description: shown(description) }),
      ...(instructions !== undefined && { instructions: shown(instructions) }),
      protocolVersion,
      ...(everyText(offer as unknown as Json, shown) as unknown as typeof offer),
      examples,
      variables: project?.variables ?? [],
      installation: await installationOf(named, lock),
    };
  } finally {
    await open.session.close();
  }
}

/** Takes secrets and the folders of this machine out of a text, so that a page is the same on another one. */
function shower(
  { redact }: OpenServer,
  { project }: NamedServer,
  { paths, cwd }: Context,
): (text: string) => string {
  const places: [string, string][] = [
    ...(project ? [[project.folder, '.'] as [string, string]] : []),
    [paths.home, '~'],
    [cwd, '.'],
    [tmpdir(), '/tmp'],
  ];
  const known = places.filter(([path]) => path.length > 1).sort(([a], [b]) => b.length - a.length);
  return (text) => known.reduce((rest, [path, short]) => rest.replaceAll(path, short), redact(text));
}

interface Offered {
  readonly choice: ExampleChoice;
  readonly tools: readonly Tool[];
  readonly lock: LockEntry | undefined;
}

async function callsOf({ project }: NamedServer, { choice, tools, lock }: Offered): Promise<SampleCall[]> {
  if (choice === 'none') return [];
  const declared = lock ? await catalogCall(lock) : project ? await projectCalls(project) : [];
  if (choice === 'declared') return declared;
  const reads = ({ tool }: SampleCall): boolean => {
    const annotations = tools.find(({ name }) => name === tool)?.annotations;
    return isRecord(annotations) && annotations.readOnlyHint === true;
  };
  // What a project tests may change something; what the catalog calls is harmless.
  return [...(lock ? declared : declared.filter(reads)), ...harmlessCalls(tools)];
}

/** The calls a project tests itself with, but for those that are to be refused. */
async function projectCalls({ folder }: Project): Promise<SampleCall[]> {
  const { examples = [] } = (await findExampleFile(folder)) ?? {};
  return examples.flatMap(({ name, tool, arguments: given = {}, expect }) =>
    expect?.isError === true ? [] : [{ tool, arguments: given, label: name }],
  );
}

async function catalogCall({ catalog = '' }: LockEntry): Promise<SampleCall[]> {
  const match = await findInCatalog(catalog);
  const call = match && (match.alternative ?? match.entry).firstCall;
  // What needs other arguments at the start cannot be called here.
  if (call?.tool === undefined || call.startArgs) return [];
  return [{ tool: call.tool, arguments: call.args as JsonObject }];
}

interface Calling {
  readonly open: OpenServer;
  readonly offer: Pick<ServerDescription, 'tools'>;
  readonly name: string;
  readonly shown: (text: string) => string;
  readonly context: Context;
}

/** One example a tool, of the first call that can be made, and each that somebody gave a label. */
async function callAll(calls: readonly SampleCall[], calling: Calling): Promise<Example[]> {
  if (calls.length === 0) return [];
  const { open, offer, name, context } = calling;
  const { settings } = await readSettings(context);
  const path = await openCallPath({ settings, via: 'call', context });
  path.know(name, { isRemote: open.isRemote, locked: open.locked, tools: offer.tools });
  const examples: Example[] = [];
  try {
    for (const call of calls) {
      if (call.label === undefined && examples.some(({ tool }) => tool === call.tool)) continue;
      const example = await callOne(call, calling, path);
      if (example) examples.push(example);
    }
  } finally {
    await path.close();
  }
  return examples;
}

async function callOne(
  { tool: wanted, arguments: values, label }: SampleCall,
  { open: { session }, offer, name, shown, context }: Calling,
  path: CallPath,
): Promise<Example | undefined> {
  const tool = offer.tools.find((each) => each.name === wanted);
  if (!tool || (await checkSchema(tool.inputSchema, values)).problems.length > 0) return undefined;
  const send = async (): Promise<JsonObject> =>
    await session.request('tools/call', { name: wanted, arguments: values });
  try {
    const result = await path.call({ server: name, tool, values, session, send });
    return {
      tool: wanted,
      ...(label !== undefined && { label }),
      arguments: values,
      isError: result.isError === true,
      ...answerOf(result, shown),
    };
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    context.output.note(`no example of ${wanted}: ${error.message}`);
    return undefined;
  }
}

function answerOf(result: JsonObject, shown: (text: string) => string): Pick<Example, 'answer' | 'isJson'> {
  if (isRecord(result.structuredContent)) {
    return { isJson: true, answer: cutAnswer(shown(JSON.stringify(result.structuredContent, null, 2))) };
  }
  const plain = createStyle({ env: {}, isTerminal: false });
  return { isJson: false, answer: cutAnswer(shown(renderResult(result, attachmentsOf(result), plain))) };
}

function everyText(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => everyText(item, change));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, item]) => [key, everyText(item, change)]),
  );
}
