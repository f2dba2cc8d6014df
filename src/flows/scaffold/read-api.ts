import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { isSystemError, McpctlError, messageOf } from '../../core/errors.ts';
import { createFetch } from '../../platform/fetch.ts';
import { chooseOperations, requestLine } from '../../scaffold/openapi/choose-operations.ts';
import { describeApi } from '../../scaffold/openapi/describe-api.ts';
import type { ApiDescription, Operation } from '../../scaffold/openapi/operation.ts';
import { invalid, MOST_CHARACTERS, readApiDocument } from '../../scaffold/openapi/read-document.ts';
import { readSettings } from '../../settings/read.ts';
import type { NewServerFlags } from './flags.ts';

/** More tools than this confuse models and exceed what some clients take. */
const MOST_TOOLS = 40;

/** Reads an OpenAPI document and chooses its operations. @throws OPENAPI_INVALID, OPENAPI_OPERATION_UNKNOWN, USAGE */
export async function readApi(
  source: string,
  flags: NewServerFlags,
  context: Context,
): Promise<ApiDescription> {
  const isUrl = /^https?:\/\//i.test(source);
  const text = isUrl ? await download(source, context) : await readLocal(resolve(context.cwd, source));
  const api = describeApi(await readApiDocument(text, source), source);
  for (const { operation, why } of api.left.slice(0, 5))
    context.output.note(`left out ${plainLine(operation)}: ${plainLine(why)}`);
  if (api.left.length > 5) context.output.note(`left out ${api.left.length - 5} more`);
  return { ...api, operations: await choose(api, flags, context) };
}

async function choose(
  api: ApiDescription,
  flags: NewServerFlags,
  { prompt, output }: Context,
): Promise<Operation[]> {
  if (flags.operations !== undefined) {
    const wanted = flags.operations.split(',').map((word) => word.trim());
    return chooseOperations(
      api,
      wanted.filter((word) => word !== ''),
    );
  }
  if (prompt.canAsk && !flags.yes && !flags.dryRun) {
    const chosen = await prompt.checkbox({
      message: 'Which operations become tools? (space selects, enter goes on)',
      flag: '--operations <names>',
      choices: api.operations.map((operation) => ({
        value: operation,
        name: plainLine(`${operation.name}  ${requestLine(operation)}`),
        description: plainLine(operation.title),
        checked: api.operations.length <= MOST_TOOLS && operation.annotations.readOnlyHint === true,
      })),
    });
    if (chosen.length > 0) return chosen;
    throw new McpctlError('CANCELLED', 'No operation was chosen; nothing was written.');
  }
  const taken = api.operations.slice(0, MOST_TOOLS);
  if (taken.length < api.operations.length)
    output.warn(
      `The document has ${api.operations.length} operations; the first ${MOST_TOOLS} were taken. Choose with --operations a,b.`,
    );
  return taken;
}

/** The user names the address: one on the own machine is as good as any. */
async function download(url: string, context: Context): Promise<string> {
  const { settings } = await readSettings(context);
  const fetch = createFetch({
    env: context.env,
    allowPrivate: ['loopback', ...settings.network.allowPrivate],
    maxBytes: MOST_CHARACTERS,
  });
  const response = await fetch(url, { signal: context.signal });
  if (!response.ok)
    throw invalid(url, `could not be fetched: status ${response.status}`, 'Check the address.');
  return await response.text();
}

async function readLocal(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const isGone = isSystemError(error, 'ENOENT');
    throw new McpctlError(
      'FILE_UNREADABLE',
      isGone ? `There is no file ${path}.` : `Could not read ${path}: ${messageOf(error)}.`,
      { hint: 'Name an OpenAPI document: --openapi <file or url>', cause: error },
    );
  }
}
