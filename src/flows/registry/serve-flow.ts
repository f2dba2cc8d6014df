import type { Context } from '../../cli/context.ts';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { createDoorkeeper } from '../../gateway/front/doorkeeper.ts';
import { isLoopback } from '../../gateway/front/http-guard.ts';
import { readTokens, type TokenPlace } from '../../gateway/front/tokens.ts';
import type { ApiRequest, Principal } from '../../marketplace/api/exchange.ts';
import { createRegistryApi } from '../../marketplace/api/registry-api.ts';
import { createRegistryPages } from '../../marketplace/page/registry-pages.ts';
import { readSettings } from '../../settings/read.ts';
import { readAssets } from '../../watch/web/assets.ts';
import { parsePort } from '../gateway/gateway-flags.ts';
import { serveRegistry } from './http-registry.ts';
import { withStore } from './open-store-here.ts';
import { type DataFlags, registryTokens } from './registry-place.ts';

export interface ServeFlags extends DataFlags {
  readonly port?: string;
  readonly host: string;
  readonly publicUrl?: string;
}

/** Serves a registry until the process is told to end. */
export async function serveFlow(flags: ServeFlags, context: Context): Promise<void> {
  const { output, now, program, signal } = context;
  const { settings } = await readSettings(context);
  const port =
    flags.port === undefined ? settings.registryServer.port : parsePort(flags.port, '--port', 7800);
  const publicUrl = publicAddress(flags);
  const tokens = registryTokens(flags, context);
  if (!isLoopback(flags.host) && publicUrl?.protocol !== 'https:') {
    output.warn(
      'Tokens pass the network as plain text: put a proxy with TLS before it, and name it: --public-url https://…',
    );
  }
  const failed = (error: unknown): void => output.warn(`A request failed: ${messageOf(error)}`);
  await withStore({ ...flags, settings }, context, async ({ store, where }) => {
    await store.read();
    const api = createRegistryApi({ store, now, version: program.version });
    const pages = createRegistryPages({ store, assets: await readAssets(program.script) });
    const served = await serveRegistry({
      host: flags.host,
      port,
      ...(publicUrl && { publicUrl }),
      principalOf: principals(tokens, context, failed),
      answer: async (request: ApiRequest) => (await api.answer(request)) ?? (await pages.answer(request)),
      failed,
    });
    try {
      const host = flags.host.includes(':') ? `[${flags.host}]` : flags.host;
      const url = publicUrl?.href.replace(/\/$/, '') ?? `http://${host}:${served.port}`;
      output.result({ url, port: served.port, host: flags.host, keeps: where }, () => url);
      output.note(`It keeps what it knows in ${where}.`);
      if ((await readTokens(tokens)).length === 0) {
        output.note("Nobody can publish yet: mcpctl registry token --name <who> --namespace 'io.acme/*'");
      }
      await aborted(signal);
    } finally {
      await served.close();
    }
  });
}

/** @throws USAGE */
function publicAddress({ publicUrl }: ServeFlags): URL | undefined {
  if (publicUrl === undefined) return undefined;
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '')
    return url;
  throw new McpctlError('USAGE', `--public-url ${JSON.stringify(publicUrl)} is no address of a registry.`, {
    hint: '--public-url https://registry.example.com',
  });
}

/** Whose token is shown, with what it may publish; tokens made or revoked meanwhile count. */
function principals(
  place: TokenPlace,
  { now }: Context,
  failed: (error: unknown) => void,
): (authorization: string | undefined) => Promise<Principal | undefined> {
  const keeper = createDoorkeeper({ place, now, revoked: () => {}, warn: failed });
  return async (authorization) => {
    const name = await keeper.principalOf(authorization);
    if (name === undefined) return undefined;
    const token = (await readTokens(place)).find((each) => each.name === name);
    return token && { name, namespaces: token.namespaces ?? [] };
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
