import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installedPackage } from './installed-package.ts';

const run = promisify(execFile);

export interface Said {
  readonly status: number;
  readonly output: string;
}

/** The official program for bundles, to its end. */
export async function mcpb(...args: string[]): Promise<Said> {
  const program = await installedPackage('@anthropic-ai/mcpb@2.1.2', '@anthropic-ai/mcpb/dist/cli/cli.js');
  return await said(process.execPath, [program, ...args]);
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
