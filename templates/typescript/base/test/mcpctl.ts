import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One check of `mcpctl test-server`. */
export interface Verdict {
  readonly id: string;
  readonly status: 'passed' | 'warned' | 'failed' | 'skipped';
  readonly problems: readonly { readonly subject?: string; readonly message: string }[];
}

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** Tests the built server from outside, but for some checks; undefined where mcpctl is not installed. */
export async function testWithMcpctl(
  env: Readonly<Record<string, string>>,
  skip: readonly string[],
): Promise<readonly Verdict[] | undefined> {
  const program = process.env.MCPCTL ?? 'mcpctl';
  const args = ['test-server', FOLDER, '--json', ...skip.flatMap((check) => ['--skip', check])];
  const isWindows = process.platform === 'win32';
  return await new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 2 ** 26, shell: isWindows };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT' || (isWindows && error && stdout === '')) return resolve(undefined);
      try {
        const { ok, data, error: failure } = JSON.parse(stdout) as Answer;
        if (!ok || !data) return reject(new Error(failure?.message ?? stderr));
        resolve(data.verdicts);
      } catch {
        reject(new Error(`mcpctl did not answer.\n${stdout}\n${stderr}`));
      }
    });
  });
}

interface Answer {
  readonly ok: boolean;
  readonly data?: { readonly verdicts: readonly Verdict[] };
  readonly error?: { readonly message: string };
}
