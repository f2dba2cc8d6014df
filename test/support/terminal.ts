import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, vi } from 'vitest';
import type { Home } from './cli.ts';

const run = promisify(execFile);
const WAIT = { timeout: 30_000, interval: 100 };

/** A terminal of its own that runs one shell script; gone after the test. */
export async function terminal({ home }: Pick<Home, 'home'>, script: string) {
  const file = join(home, 'session.sh');
  await writeFile(file, script);
  const tmux = ['-f', '/dev/null', '-S', join(home, 'tmux.sock')];
  await run('tmux', [...tmux, 'new-session', '-d', '-s', 'test', 'bash', '--noprofile', '--norc', file]);
  onTestFinished(async () => {
    await run('tmux', [...tmux, 'kill-server']).catch(() => undefined);
  });
  const screen = async () =>
    (await run('tmux', [...tmux, 'capture-pane', '-p', '-J', '-S', '-', '-t', 'test'])).stdout;
  return {
    /** All that was shown so far. */
    screen,
    press: async (keys: string) => await run('tmux', [...tmux, 'send-keys', '-t', 'test', keys]),
    async paste(text: string) {
      await run('tmux', [...tmux, 'set-buffer', text]);
      await run('tmux', [...tmux, 'paste-buffer', '-t', 'test']);
    },
    async shows(text: string) {
      await vi.waitFor(async () => expect(await screen()).toContain(text), WAIT);
    },
  };
}
