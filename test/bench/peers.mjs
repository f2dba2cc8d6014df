// Sessions through the peers, each in front of server-everything.
import { writeFile } from 'node:fs/promises';
import { httpSession, sseSession, stdioSession } from './sessions.mjs';
import { EVERYTHING, freePort, NODE } from './setting.mjs';

export async function proxySession(setting) {
  const port = await freePort();
  const args = ['--host', '127.0.0.1', '--port', String(port), '--server', 'stream', '--', NODE, EVERYTHING];
  await setting.serve([await setting.peer('mcp-proxy'), ...args], port);
  return await httpSession(`http://127.0.0.1:${port}/mcp`);
}

export async function hubSession(setting) {
  const port = await freePort();
  const config = `${setting.folder}/hub.json`;
  const everything = { command: NODE, args: [EVERYTHING] };
  await writeFile(config, JSON.stringify({ mcpServers: { everything } }));
  await setting.serve([await setting.peer('mcp-hub'), '--port', String(port), '--config', config], port);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    // It listens before its endpoint and its servers are there.
    const session = await sseSession(`http://127.0.0.1:${port}/mcp`).catch(() => undefined);
    const { tools = [] } = (await session?.ask('tools/list', {})) ?? {};
    if (tools.some((tool) => tool.name === 'everything__echo')) return session;
    await session?.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('mcp-hub never offered the echo tool');
}

export async function remoteSession(setting, url, authorization) {
  const program = await setting.peer('mcp-remote');
  const header = authorization ? ['--header', `Authorization:${authorization}`] : [];
  const args = [program, url, '--allow-http', '--transport', 'http-only', ...header];
  return await stdioSession(NODE, args, { env: setting.env, cwd: setting.env.HOME });
}

export async function supergatewaySession(setting) {
  const port = await freePort();
  const args = [
    '--outputTransport',
    'streamableHttp',
    '--stateful',
    '--logLevel',
    'none',
    '--port',
    String(port),
  ];
  await setting.serve(
    [await setting.peer('supergateway'), '--stdio', `${NODE} ${EVERYTHING}`, ...args],
    port,
  );
  return await httpSession(`http://127.0.0.1:${port}/mcp`);
}
