import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const WATCHER = fileURLToPath(new URL('../fixtures/command-lines.mjs', import.meta.url));

/** Collects every argument list seen on this machine from now on until it is asked for them. */
export async function watchCommandLines(): Promise<() => Promise<string[]>> {
  const child = spawn(process.execPath, [WATCHER], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(child.stdout, 'data');
  return async () => {
    child.stdin.end();
    await once(child, 'close');
    const { lines } = JSON.parse(text.slice(text.indexOf('\n') + 1)) as { lines: string[] };
    return lines;
  };
}
