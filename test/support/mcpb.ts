import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { installedPackage } from './installed-package.ts';

const run = promisify(execFile);

export interface Said {
  readonly status: number;
  readonly output: string;
}

const SPEC = '@anthropic-ai/mcpb@2.1.2';

/** The official program for bundles, to its end. */
export async function mcpb(...args: string[]): Promise<Said> {
  const program = await installedPackage(SPEC, '@anthropic-ai/mcpb/dist/cli/cli.js');
  return await said(process.execPath, [program, ...args]);
}

/** What `validate` of the official program asks, without a process for each manifest. */
export async function bundleJudge(): Promise<(file: string) => boolean> {
  const path = await installedPackage(SPEC, '@anthropic-ai/mcpb/dist/node/validate.js');
  const { validateManifest } = await import(pathToFileURL(path).href);
  return validateManifest;
}

/** Any program, to its end. */
export async function said(command: string, args: readonly string[], cwd?: string): Promise<Said> {
  try {
    const { stdout, stderr } = await run(command, args, { timeout: 120_000, ...(cwd && { cwd }) });
    return { status: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { status: Number(code ?? 1), output: stdout + stderr };
  }
}
