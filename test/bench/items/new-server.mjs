// From `new-server` to "Connected" in what Claude Code itself says, in three commands, with an empty npm cache.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { detailOf, elapsed, finish, interleave } from '../measure.mjs';
import { MCPCTL, NODE } from '../setting.mjs';

export const name = 'new-server';
export const needs = ['new-server', 'add'];

const CLIENT = '@anthropic-ai/claude-code@2.1.197';
const PROGRAM = `@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`;

export async function run(setting, { rounds }) {
  const env = await setting.npmEnv();
  const clients = join(setting.folder, 'clients');
  setting.progress(`new-server: installing ${CLIENT}`);
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await finish('npm', ['install', '--prefix', clients, ...flags, CLIENT], { env: { ...process.env } });
  const claude = join(clients, 'node_modules', PROGRAM);
  const toConnected = async () => {
    const home = join(setting.folder, 'new-server-home');
    for (const folder of [home, env.npm_config_cache]) await rm(folder, { recursive: true, force: true });
    await mkdir(home);
    const options = { env: { ...env, HOME: home }, cwd: home };
    return await elapsed(async () => {
      await finish(NODE, [MCPCTL, 'new-server', 'my-server', '--yes', '--install'], options);
      await finish(NODE, [MCPCTL, 'add', './my-server', '--yes', '--client', 'claude-code'], options);
      const { stdout } = await finish(claude, ['mcp', 'list'], options);
      if (!/^my: .*Connected$/m.test(stdout)) throw new Error(`Claude Code says\n${stdout}`);
    });
  };
  const detail = detailOf(await interleave({ toConnected }, Math.min(rounds, 3)), 'ms');
  const what = 'new-server, add and claude mcp list, until it says Connected, seconds';
  return [{ what, value: detail.toConnected / 1000, bar: 120, detail }];
}
