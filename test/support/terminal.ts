import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, vi } from 'vitest';
import type { Home } from './cli.ts';

const run = promisify(execFile);
const WAIT = { timeout: 60_000, interval: 100 };

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal of its own that runs one shell script; gone after the test. */
export async function terminal(
  { home }: Pick<Home, 'home'>,
  script: string,
  { columns, rows }: TerminalSize = { columns: 80, rows: 24 },
) {
  const file = join(home, 'session.sh');
  await writeFile(file, script);
  const tmux = ['-f', '/dev/null', '-S', join(home, 'tmux.sock')];
  const size = ['-x', String(columns), '-y', String(rows)];
  const shell = ['bash', '--noprofile', '--norc', file];
  await run('tmux', [...tmux, 'new-session', '-d', '-s', 'test', ...size, ...shell]);
  onTestFinished(async () => {
    await run('tmux', [...tmux, 'kill-server']).catch(() => undefined);
  });
  const capture = async (...flags: string[]) =>
    (await run('tmux', [...tmux, 'capture-pane', '-p', '-t', 'test', ...flags])).stdout;
  const screen = async () => await capture('-J', '-S', '-');
  return {
    /** All that was shown so far. */
    screen,
    /** The same with the sequences that colour it. */
    colours: async () => await capture('-e', '-J', '-S', '-'),
    /** The rows that are visible, without what is blank at their ends. */
    rows: async () => (await capture()).split('\n').slice(0, -1),
    async resize(size: TerminalSize) {
      const { columns: wide, rows: high } = size;
      await run('tmux', [...tmux, 'resize-window', '-t', 'test', '-x', String(wide), '-y', String(high)]);
    },
    /** What tmux knows of the terminal, e.g. `alternate_on`. */
    state: async (name: string) =>
      (await run('tmux', [...tmux, 'display-message', '-p', '-t', 'test', `#{${name}}`])).stdout.trim(),
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
