import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { type Era, LEGACY_VERSIONS, MODERN_VERSION, modernMeta } from '../../mcp/greeting.ts';
import type { Check, Outcome } from '../check.ts';
import type { Scene } from '../scene.ts';
import { initializeParams } from '../talk/begin.ts';

const ACCEPT = 'application/json, text/event-stream';

interface Reply {
  readonly status: number;
  /** The JSON-RPC code of the error in it, if any. */
  readonly code: unknown;
}

const httpOrigin: Check = {
  id: 'http-origin',
  eras: 'first',
  only: 'remote',
  async examine(scene, { era }) {
    const reply = await post(scene, era, { origin: 'https://mcpctl-test.example' });
    if (typeof reply === 'string') return { skipped: reply };
    if (reply.status >= 400) return [];
    const { hostname } = new URL(urlOf(scene));
    const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    // Elsewhere a page gets no further than without the browser.
    const severity = isHere ? ('error' as const) : ('warning' as const);
    return [
      { severity, message: `a request of the page https://mcpctl-test.example got status ${reply.status}` },
    ];
  },
};

const httpMethods: Check = {
  id: 'http-methods',
  eras: 'first',
  only: 'remote',
  async examine(scene) {
    const methods = scene.eras.includes('legacy') ? ['PUT'] : ['PUT', 'GET', 'DELETE'];
    const problems = [];
    for (const method of methods) {
      const reply = await send(scene, { method, headers: { accept: ACCEPT } });
      if (typeof reply === 'string') return { skipped: reply };
      if (reply.status < 400) problems.push({ message: `${method} got status ${reply.status}` });
    }
    return problems;
  },
};

const httpHeaders: Check = {
  id: 'http-headers',
  eras: 'modern',
  only: 'remote',
  async examine(scene) {
    const wrong = { 'mcp-method': 'tools/call', 'mcp-protocol-version': '2025-11-25' };
    for (const [name, value] of Object.entries(wrong)) {
      const reply = await post(scene, 'modern', { [name]: value });
      if (typeof reply === 'string') return { skipped: reply };
      if (reply.status !== 400 || reply.code !== -32020) {
        const got = `status ${reply.status}${reply.code === undefined ? '' : ` and the error ${String(reply.code)}`}`;
        return [
          { message: `${name}: ${value} with the body of another request got ${got}` },
        ] satisfies Outcome;
      }
    }
    return [];
  },
};

/** Posts the first request of an era with further headers. */
async function post(scene: Scene, era: Era, more: Readonly<Record<string, string>>): Promise<Reply | string> {
  const { client } = scene;
  const isModern = era === 'modern';
  const params: JsonObject = isModern
    ? { _meta: modernMeta({ client, capabilities: {} }) }
    : initializeParams(LEGACY_VERSIONS[0], client);
  const method = isModern ? 'server/discover' : 'initialize';
  const own: Record<string, string> = isModern
    ? { 'mcp-protocol-version': MODERN_VERSION, 'mcp-method': method }
    : {};
  return await send(scene, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: ACCEPT, ...own, ...more },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
}

/** A reply, or why there is none to judge. */
async function send(scene: Scene, init: RequestInit): Promise<Reply | string> {
  const { target, fetch, waitMs } = scene;
  if (target.kind !== 'remote' || !fetch) return 'it is reached as a program';
  try {
    const headers = { ...target.headers, ...(init.headers as Record<string, string>) };
    const response = await fetch(target.url, { ...init, headers, redirect: 'manual', timeoutMs: waitMs });
    const { status } = response;
    if (status === 401) {
      await response.body?.cancel();
      return 'it wants a sign-in first';
    }
    const isJson = response.headers.get('content-type')?.includes('application/json') ?? false;
    const body: unknown = isJson
      ? await response.json().catch(() => undefined)
      : await response.body?.cancel();
    const error = isRecord(body) && isRecord(body.error) ? body.error : {};
    return { status, code: error.code };
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    return error.message;
  }
}

function urlOf({ target }: Scene): string {
  return target.kind === 'remote' ? target.url : 'http://localhost/';
}

export const HTTP_CHECKS: readonly Check[] = [httpOrigin, httpMethods, httpHeaders];
