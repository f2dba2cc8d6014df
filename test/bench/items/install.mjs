// Installing servers against one npm run of the same packages, and starting an installed one against npx.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { detailOf, elapsed, finish, interleave } from '../measure.mjs';
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
  const env = await setting.npmEnv();
  const home = join(setting.folder, 'install-home');
  return [
    await installing({ setting, env, home, rounds: Math.ceil(rounds / 2) }),
    ...(await starting({ setting, env, home, rounds: Math.ceil(rounds / 2) })),
  ];
}

async function installing({ setting, env, home, rounds }) {
  const npm = async () => {
    const folder = join(setting.folder, 'npm-run');
    await emptied(folder);
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    return await elapsed(() =>
      finish('npm', ['install', '--prefix', folder, ...flags, ...PACKAGES], { env }),
    );
  };
  const specs = PACKAGES.map((each) => `npm:${each}`);
  const mcpctl = async () => {
    await emptied(home);
    const options = { env: { ...env, HOME: home }, cwd: home };
    return await elapsed(() =>
      finish(NODE, [MCPCTL, 'add', ...specs, '--yes', '--no-verify', '--no-sync'], options),
    );
  };
  setting.progress('install: filling the npm cache');
  await npm();
  setting.progress('install: five servers');
  const detail = detailOf(await interleave({ npm, mcpctl }, rounds), 'ms');
  return { what: 'add of five servers, of one npm run', value: detail.mcpctl / detail.npm, bar: 1.4, detail };
}

async function starting({ setting, env, home, rounds }) {
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
  const npxEmpty = async () => {
    await rm(join(env.npm_config_cache, '_npx'), { recursive: true, force: true });
    return await npx();
  };
  const locked = first(NODE, [MCPCTL, 'run', 'everything']);
  setting.progress('install: start of a locked server and of npx');
  // In this order npx finds in every round what the one before it installed.
  const results = { npxEmpty: [], npx: [], locked: [] };
  for (let round = 0; round < rounds; round += 1) {
    results.npxEmpty.push(await npxEmpty());
    results.npx.push(await npx());
    results.locked.push(await locked());
  }
  const detail = detailOf(results, 'ms');
  return [
    {
      what: 'start of a locked server, times faster than npx -y that installs (npm cache filled)',
      value: detail.npxEmpty / detail.locked,
      bar: 3,
      atLeast: true,
      detail,
    },
    {
      what: 'the same, than npx -y that has it installed (no bar)',
      value: detail.npx / detail.locked,
      detail,
    },
  ];
}

async function emptied(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
