// `node test/bench/watch.mjs [--seconds 600]`: ten healthy servers, seven of them run by clients, one over HTTP, two run
// by nobody, watched by the built CLI with the settings it comes with. Prints what the watcher took, and how often it
// said that a server is not healthy; ends with 1 when a bar is broken (in ten minutes; a short run starts and no more).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { root } from './from-support.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } });
const seconds = Number(values.seconds);
const SETTLING_MS = 10_000;
const TICKS_PER_SECOND = 100;
const BARS = { 'per cent of a core': 2, 'MiB at most': 80, 'false alarms': 0 };

const home = await mkdtemp(join(tmpdir(), 'mcpctl-watch-'));
const env = { HOME: home, PATH: process.env.PATH, LANG: 'C.UTF-8' };
const children = [];
const start = (args, options = {}) => {
  const child = spawn(process.execPath, args, { env, cwd: home, stdio: 'pipe', ...options });
  child.stderr?.resume();
  children.push(child);
  return child;
};
try {
  const fixture = join(root, 'test/fixtures/servers/echo.mjs');
  const everything = join(root, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');
  const port = await freePort();
  const program = { command: process.execPath, args: [fixture] };
  const names = Array.from({ length: 9 }, (_, index) => `server-${index}`);
  const servers = Object.fromEntries(names.map((name) => [name, program]));
  servers.far = { url: `http://localhost:${port}/mcp` };
  await mkdir(join(home, '.config/claude'), { recursive: true });
  await writeFile(
    join(home, '.config/claude/claude_desktop_config.json'),
    JSON.stringify({ mcpServers: servers }),
  );
  start([everything, 'streamableHttp'], { env: { ...env, PORT: String(port) } }).stdout.resume();
  for (const name of names.slice(0, 7)) await beginRun(name);
  const report = await measure();
  console.log(JSON.stringify(report, null, 2));
  const broken = Object.entries(BARS).filter(([name, most]) => report[name] > most);
  if (seconds >= 600 && broken.length > 0) process.exitCode = 1;
  if (report.observations === 0) process.exitCode = 1;
} finally {
  for (const child of children.reverse()) {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
}

async function beginRun(name) {
  const child = start([join(root, 'bin/mcpctl.js'), 'run', name]);
  const lines = createInterface({ input: child.stdout });
  const say = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'bench', version: '0' };
  say({
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
  });
  await once(lines, 'line');
  say({ method: 'notifications/initialized' });
  say({ id: 1, method: 'tools/list' });
  await once(lines, 'line');
}

async function measure() {
  const watch = start([join(root, 'bin/mcpctl.js'), 'watch', '--json']);
  const states = new Map();
  let observations = 0;
  let alarms = 0;
  createInterface({ input: watch.stdout }).on('line', (line) => {
    observations += 1;
    for (const { name, state } of JSON.parse(line).servers) {
      const isWell = state === 'healthy' || state === 'dormant';
      if (states.get(name) === true && !isWell) {
        alarms += 1;
        console.error(`${new Date().toISOString()} ${name} ${state}`);
      }
      states.set(name, isWell);
    }
  });
  await pause(Math.min(SETTLING_MS, seconds * 500));
  const before = await cpuSeconds(watch.pid);
  const begun = performance.now();
  let most = 0;
  while (performance.now() - begun < seconds * 1000) {
    await pause(Math.min(5000, seconds * 100));
    most = Math.max(most, await residentMib(watch.pid));
  }
  const took = (await cpuSeconds(watch.pid)) - before;
  const wall = (performance.now() - begun) / 1000;
  return {
    servers: states.size,
    healthy: [...states.values()].filter(Boolean).length,
    seconds: Math.round(wall),
    observations,
    'per cent of a core': Math.round((took / wall) * 10_000) / 100,
    'MiB at most': Math.round(most * 10) / 10,
    'false alarms': alarms,
  };
}

async function cpuSeconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function residentMib(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
