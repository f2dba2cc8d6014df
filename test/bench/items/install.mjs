// Installing servers against one npm run of the same packages, and starting an installed one against npx.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { elapsed, finish, interleave, medians } from '../measure.mjs';
import { stdioSession } from '../sessions.mjs';
import { MCPCTL, NODE } from '../setting.mjs';

export const name = 'install';
export const needs = ['add'];

const PACKAGES = [
  '@modelcontextprotocol/server-everything@2026.8.31',
  '@modelcontextprotocol/server-filesystem@2026.8.31',
  '@modelcontextprotocol/server-memory@2026.8.31',
  '@modelcontextprotocol/server-sequential-thinking@2026.8.31',
  '@upstash/context7-mcp@4.1.1',
];

export async function run(setting, { rounds }) {
  const npmCache = join(setting.folder, 'npm-cache');
  const env = { ...setting.env, npm_config_cache: npmCache, npm_config_update_notifier: 'false' };
  const registry = (await finish('npm', ['config', 'get', 'registry'], { env: process.env })).stdout.trim();
  env.npm_config_registry = registry;
  const specs = PACKAGES.map((each) => `npm:${each}`);

  const npm = async () => {
    const folder = join(setting.folder, 'npm-run');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    return await elapsed(() =>
      finish('npm', ['install', '--prefix', folder, ...flags, ...PACKAGES], { env }),
    );
  };
  const mcpctl = async () => {
    const home = join(setting.folder, 'install-home');
    await rm(home, { recursive: true, force: true });
    await mkdir(home);
    const options = { env: { ...env, HOME: home }, cwd: home };
    return await elapsed(() =>
      finish(NODE, [MCPCTL, 'add', ...specs, '--yes', '--no-verify', '--no-sync'], options),
    );
  };
  await npm();
  const times = medians(await interleave({ npm, mcpctl }, Math.ceil(rounds / 3)));
  const installed = {
    what: 'add of five servers, of one npm run',
    value: times.mcpctl / times.npm,
    bar: 1.4,
  };

  const home = join(setting.folder, 'install-home');
  const first = (command, args) => async () => {
    let session;
    const time = await elapsed(async () => {
      session = await stdioSession(command, args, { env: { ...env, HOME: home }, cwd: home });
      await session.call('echo', { message: 'hello' });
    });
    await session.close();
    return time;
  };
  const npx = first('npx', ['-y', PACKAGES[0]]);
  await npx();
  const starts = medians(
    await interleave({ npx, locked: first(NODE, [MCPCTL, 'run', 'everything']) }, Math.ceil(rounds / 2)),
  );
  return [
    { ...installed, detail: { ...times, unit: 'ms' } },
    {
      what: 'start of a locked server, times faster than npx -y',
      value: starts.npx / starts.locked,
      bar: 3,
      atLeast: true,
      detail: { ...starts, unit: 'ms' },
    },
  ];
}
