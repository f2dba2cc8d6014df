// Minimal MCP clients, one a transport: `call(name, args)` answers the result, `close()` ends the session.
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { Pool } from 'undici';

const DEADLINE_MS = 60_000;
const HELLO = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1' },
};

/**
 * Starts a program that speaks MCP on its standard streams; `stop()` ends it without waiting for its own end. With
 * `lists: false` it is not asked for its tools, as clients do.
 */
export async function stdioSession(command, args, { lists = true, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-2000);
  });
  const calls = new Calls();
  child.on('error', (error) => calls.fail(error));
  child.on('exit', (status) => calls.fail(new Error(`${args.join(' ')} ended with ${status}\n${said}`)));
  child.stdin.on('error', () => {});
  onLines(child.stdout, (line) => calls.settle(line));
  const send = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const ended = new Promise((resolve) => child.on('close', resolve));
  const session = sessionOver(calls, send, () => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    return ended.then(() => clearTimeout(timer));
  });
  await session.greet();
  if (lists) await session.ask('tools/list', {});
  const stop = () => {
    child.kill();
    return ended;
  };
  return { ...session, pid: child.pid, stop };
}

/**
 * Streamable HTTP with keep-alive: each answer comes in the response to its request, as JSON or as one event. The client
 * shares the machine with what it measures, so it is the cheapest library's cheapest way (less than half of node:http).
 */
export async function httpSession(url, own = {}) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin);
  const calls = new Calls();
  const headers = {
    ...own,
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
  };
  const send = (message) =>
    post(pool, pathname, message, {
      headers,
      begun(response) {
        const id = response['mcp-session-id'];
        if (id !== undefined) headers['mcp-session-id'] = id;
      },
      onLine(line) {
        const text = line.startsWith('data:') ? line.slice(5) : line;
        if (text.trimStart().startsWith('{')) calls.settle(text);
      },
    });
  const session = sessionOver(calls, send, () => pool.destroy());
  await session.greet();
  return session;
}

/** The older transport: answers come as events on one long GET. */
export async function sseSession(url) {
  const calls = new Calls();
  const stream = await new Promise((resolve, reject) => {
    request(url, { headers: { accept: 'text/event-stream' } }, resolve)
      .on('error', reject)
      .end();
  });
  if (stream.statusCode !== 200) {
    stream.resume();
    throw new Error(`${url} answered ${stream.statusCode}`);
  }
  const endpoint = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${url} sent no endpoint`)), DEADLINE_MS);
    let found = false;
    onLines(stream, (line) => {
      if (!line.startsWith('data:')) return;
      const text = line.slice(5).trim();
      if (found) return calls.settle(text);
      found = true;
      clearTimeout(timer);
      resolve(new URL(text, url));
    });
  });
  const pool = new Pool(endpoint.origin);
  const headers = { 'content-type': 'application/json' };
  const send = (message) => post(pool, endpoint.pathname + endpoint.search, message, { headers });
  const session = sessionOver(calls, send, () => {
    stream.destroy();
    return pool.destroy();
  });
  await session.greet();
  return session;
}

class Calls {
  #waiting = new Map();
  #next = 0;

  open() {
    this.#next += 1;
    const id = this.#next;
    return { id, answer: new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject })) };
  }

  settle(line) {
    const message = JSON.parse(line);
    if (message.method !== undefined) return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result);
  }

  fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function sessionOver(calls, send, close) {
  const ask = async (method, params) => {
    const { id, answer } = calls.open();
    const timer = setTimeout(() => calls.fail(new Error(`no answer to ${method}`)), DEADLINE_MS);
    await send({ jsonrpc: '2.0', id, method, params });
    return await answer.finally(() => clearTimeout(timer));
  };
  return {
    async greet() {
      await ask('initialize', HELLO);
      await send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    },
    ask,
    async call(name, args) {
      const result = await ask('tools/call', { name, arguments: args });
      if (result.isError) throw new Error(JSON.stringify(result.content));
      return result;
    },
    close,
  };
}

/** Settles when the response was read to its end. */
function post(pool, path, message, { headers, begun, onLine }) {
  const body = JSON.stringify(message);
  const lines = onLine && lineReader(onLine);
  const text = new StringDecoder('utf8');
  let hasBegun = false;
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { path, method: 'POST', headers, body },
      {
        onRequestStart() {},
        onResponseStart(_, __, responseHeaders) {
          hasBegun = true;
          begun?.(responseHeaders);
        },
        onResponseData: (_, chunk) => lines?.push(text.write(chunk)),
        onResponseEnd() {
          lines?.end();
          resolve();
        },
        onResponseError(_, error) {
          // A peer that closes idle connections may do so while the next request is on its way.
          if (hasBegun || error.code !== 'UND_ERR_SOCKET') reject(error);
          else post(pool, path, message, { headers, begun, onLine }).then(resolve, reject);
        },
      },
    );
  });
}

function onLines(stream, take) {
  const lines = lineReader(take);
  stream.setEncoding('utf8').on('data', lines.push).on('end', lines.end);
}

function lineReader(take) {
  let rest = '';
  return {
    push(chunk) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) if (line.trim()) take(line);
    },
    end: () => rest.trim() && take(rest),
  };
}
