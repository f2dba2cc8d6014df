import type { ChildProcess } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { templatePackages } from './template-packages.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where the templates lie. */
export const TEMPLATES = join(ROOT, 'templates');

/** npm's own cache, so that packages are downloaded once. */
export const NPM_CACHE = process.env.npm_config_cache ?? join(process.env.HOME ?? '', '.npm');

/** Gives a new server the packages of all of them, installed from npm once. */
export async function linkPackages(folder: string): Promise<void> {
  await symlink(await templatePackages(ROOT), join(folder, 'node_modules'), 'junction');
}

/** Where a new server that was started over HTTP listens, as its log says. */
export async function addressOf({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  for await (const line of createInterface({ input: stderr ?? expect.fail('no stderr') })) {
    said += `${line}\n`;
    const { url } = (line.startsWith('{') ? JSON.parse(line) : {}) as { url?: string };
    if (url) return url;
  }
  throw new Error(`The new server ended before it listened.\n${said}`);
}
