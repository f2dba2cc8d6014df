import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** What a process is doing, for the message of a test that waited for it in vain. */
export async function processState({ pid, exitCode, signalCode }: ChildProcess): Promise<string> {
  if (exitCode !== null || signalCode !== null) return `ended with ${exitCode ?? signalCode}`;
  if (process.platform !== 'linux') return `process ${pid} runs`;
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const threads = await Promise.all(
    tasks.map(async (task) => {
      const at = `/proc/${pid}/task/${task}`;
      const [stat, where] = await Promise.all([textOf(`${at}/stat`), textOf(`${at}/wchan`)]);
      return `${stat.replace(/^\d+ (\(.*\) \w).*$/s, '$1')} ${where}`;
    }),
  );
  const load = (await textOf('/proc/loadavg')).trim();
  return `process ${pid} runs, load ${load}, its threads: ${threads.join('; ')}`;
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
