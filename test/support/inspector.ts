import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installedPackage } from './installed-package.ts';
import { runIn } from './run-in.ts';

/** The newest whose command line runs on Node 20. */
const SPEC = '@modelcontextprotocol/inspector-cli@1.0.3';
const PROGRAM = '@modelcontextprotocol/inspector-cli/build/index.js';

/**
 * Asks a server by the command line of the official Inspector; returns the result. `target` is an address or the words
 * of a command, `words` those of a request, e.g. `--method tools/list`.
 */
export async function inspect(
  target: readonly string[],
  words: readonly string[],
  env: Record<string, string> = {},
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own result; tests assert on it.
): Promise<any> {
  const program = await installedPackage(SPEC, PROGRAM);
  // It reads the version of the package it is usually a folder of.
  const around = join(program, '../../../package.json');
  if (!existsSync(around)) await writeFile(around, JSON.stringify({ name: 'inspector', version: '1.0.3' }));
  const { status, output } = await runIn('.', process.execPath, [program, ...target, ...words], env);
  if (status !== 0) throw new Error(`the Inspector ended with ${status}\n${output}`);
  return JSON.parse(output);
}
