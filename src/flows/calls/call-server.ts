import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { parseDuration } from '../../cli/duration.ts';
import { type ProgressLine, progressLine } from '../../cli/progress-line.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { openServer } from '../../gateway/servers/open-server.ts';
import type { Progress } from '../../mcp/peer.ts';
import { checkSchema } from '../../mcp/schema.ts';
import { checkArguments, findTool, readArguments } from '../../mcp/tool-arguments.ts';
import { listTools, type Tool } from '../../mcp/tools.ts';
import { readSettings } from '../../settings/read.ts';
import { openCallPath } from './call-path.ts';
import { elicit } from './elicitation.ts';
import { readAll } from './read-all.ts';
import { saveAttachments } from './save-attachments.ts';
import { attachmentsOf, renderResult, withoutBinary } from './tool-result-view.ts';

export interface CallOptions {
  /** JSON, `@file` or `-`. */
  readonly args?: string;
  /** Longest silence of the server; what the settings say when undefined. */
  readonly timeout?: string;
  readonly output?: string;
}

export interface ServerCall {
  readonly server: string;
  readonly tool: string;
  /** `key=value` and `key:=json`. */
  readonly words: readonly string[];
  readonly options: CallOptions;
  readonly context: Context;
}

/** Calls one tool and prints what it answers. @throws CALL_FAILED when the tool says that it failed. */
export async function callServer({ server, tool: name, words, options, context }: ServerCall): Promise<void> {
  const { output, prompt } = context;
  const { settings } = await readSettings(context);
  const timeoutMs =
    options.timeout === undefined ? settings.timeouts.callMs : parseDuration(options.timeout, '--timeout');
  const given = await readGiven(options.args, context);
  const line = progressLine(output);
  const { session, isRemote, locked } = await openServer({
    server,
    machine: context,
    timeoutMs,
    note: (text) => output.note(text),
    handlers: {
      ...(prompt.canAsk && { elicit: (params: JsonObject) => elicit(params, server, prompt) }),
      notified: (method, params) => tellLog(method, params, context, line),
    },
    ...(output.verbose && { tell: (text: string) => output.note(text) }),
  });
  const path = await openCallPath({ settings, via: 'call', context });
  try {
    const tool = findTool(await listTools(session, server), name, server);
    const values = readArguments(words, tool, given);
    await checkArguments(tool, values);
    const onProgress = (progress: Progress): void => line.show(describeProgress(progress));
    const send = async (): Promise<JsonObject> =>
      await session.request('tools/call', { name, arguments: values }, { onProgress });
    path.know(server, { isRemote, locked, tools: [tool] });
    const result = await path.call({ server, tool, values, session, send });
    line.clear();
    await answer(result, tool, { server, options, context });
  } finally {
    line.clear();
    await path.close();
    await session.close();
  }
}

async function answer(
  result: JsonObject,
  tool: Tool,
  { server, options, context }: Pick<ServerCall, 'server' | 'options' | 'context'>,
): Promise<void> {
  const { output, cwd, stdout } = context;
  const found = attachmentsOf(result);
  const attachments =
    options.output === undefined
      ? found
      : await saveAttachments(found, { output: options.output, cwd, name: tool.name });
  if (options.output !== undefined && found.length === 0) output.warn('The result holds nothing to save.');
  const shown = stdout.isTTY ? (withoutBinary(result) as JsonObject) : result;
  if (result.isError === true) {
    const text = renderResult(result, attachments, output.style) || 'it gave no reason';
    throw new McpctlError('CALL_FAILED', `${tool.name} of ${server} failed: ${text}`, {
      data: { result: shown },
    });
  }
  if (isRecord(tool.outputSchema) && result.structuredContent !== undefined) {
    const { problems } = await checkSchema(tool.outputSchema as JsonObject, result.structuredContent);
    for (const { path, message } of problems) {
      output.warn(`The result does not fit the tool's own schema: ${path} ${message}`);
    }
  }
  output.result(shown, (_, style) => renderResult(result, attachments, style));
}

async function readGiven(args: string | undefined, { cwd, stdin }: Context): Promise<JsonObject> {
  if (args === undefined) return {};
  const source = args === '-' ? 'stdin' : args.startsWith('@') ? args.slice(1) : '--args';
  try {
    const text =
      args === '-'
        ? await readAll(stdin)
        : source === '--args'
          ? args
          : await readFile(resolve(cwd, source), 'utf8');
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value as JsonObject;
  } catch (error) {
    throw new McpctlError('USAGE', `The arguments could not be read from ${source}: ${messageOf(error)}.`, {
      cause: error,
      hint: 'For example: --args \'{"path": "."}\', --args @file.json, or --args - for stdin',
    });
  }
  throw new McpctlError('USAGE', `The arguments from ${source} are not a JSON object.`, {
    hint: 'For example: --args \'{"path": "."}\'',
  });
}

function describeProgress({ progress, total, message }: Progress): string {
  const count = total ? `${progress}/${total}` : String(progress);
  return message === undefined ? count : `${count} ${plainLine(message)}`;
}

function tellLog(method: string, params: JsonObject, { output }: Context, line: ProgressLine): void {
  if (method !== 'notifications/message' || !output.verbose) return;
  line.clear();
  const text = typeof params.data === 'string' ? params.data : JSON.stringify(params.data);
  output.note(`${String(params.level)}: ${plainLine(text)}`);
}
