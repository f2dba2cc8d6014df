import type { Context } from '../../cli/context.ts';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { createDoorkeeper } from '../../gateway/front/doorkeeper.ts';
import { type HttpFront, listenHttp } from '../../gateway/front/http-front.ts';
import { isLoopback } from '../../gateway/front/http-guard.ts';
import { createProfileDoor } from '../../gateway/front/profile-door.ts';
import { createToken, readTokens } from '../../gateway/front/tokens.ts';
import { readSettings } from '../../settings/read.ts';
import { raiseAlerts } from './gateway-alerts.ts';
import { type GatewayFlags, onlyOf, portOf } from './gateway-flags.ts';
import { createGatewayPages } from './gateway-pages.ts';
import { openGateway } from './open-gateway.ts';

/** How long requests under way may take when we are told to stop, in milliseconds. */
const PATIENCE_MS = 10_000;
/** How often we look whether tokens were revoked, in milliseconds. */
const LOOK_MS = 2000;

export async function serveHttpClients(flags: GatewayFlags, context: Context): Promise<void> {
  const { paths, now } = context;
  const usual = (await readSettings(context)).settings.gateway.port;
  const port = portOf(flags, usual);
  await requireToken(flags, context);
  const { hub, settings, profiles, log, metrics, sessionEnded, signal, close } = await openGateway(
    flags,
    context,
  );
  const warn = (what: string, error: unknown): void =>
    log.event({ level: 'warn', what: `${what}: ${messageOf(error)}` });
  let front: HttpFront | undefined;
  let endAlerts = async (): Promise<void> => {};
  const keeper = createDoorkeeper({
    place: paths,
    now,
    revoked(principal) {
      front?.dismiss(principal);
      pages.dismiss(principal);
    },
    warn: (error) => warn('The tokens could not be read or marked', error),
  });
  const principalOf = flags.token ? keeper.principalOf : () => 'local';
  const failed = (error: unknown): void => warn('A request failed', error);
  const door = createProfileDoor({
    started: flags.profile,
    known: profiles,
    boundTo: flags.token ? keeper.profileOf : () => undefined,
  });
  const ownerOf = async (authorization: string | undefined): Promise<string | undefined> => {
    const principal = await principalOf(authorization);
    return principal === undefined || door.isBound(principal) ? undefined : principal;
  };
  const pages = createGatewayPages({ hub, settings, principalOf: ownerOf, failed }, context);
  const looks = setInterval(() => void keeper.look().catch(() => {}), LOOK_MS).unref();
  try {
    const only = onlyOf(flags);
    front = await listenHttp({
      hub,
      host: flags.host,
      port,
      limits: settings.gateway,
      metrics,
      sessionEnded,
      ...(only !== undefined && { only }),
      principalOf,
      profiles: door,
      pages: pages.handle,
      failed,
    });
    announce(front, flags, context);
    // Whoever starts it in a terminal owns it; what programs read must hold no way in.
    if (context.stdout.isTTY && isLoopback(flags.host)) pages.offer(front.port);
    endAlerts = await raiseAlerts(
      { flags, settings, warn: (what) => log.event({ level: 'warn', what }) },
      context,
    );
    await aborted(signal);
    log.event({ level: 'info', what: 'Stopping: requests under way may finish.' });
    pages.close();
    await front.drain(PATIENCE_MS);
  } finally {
    clearInterval(looks);
    await endAlerts();
    await close();
  }
}

/** @throws GATEWAY_TOKEN_MISSING where nobody could come in, USAGE where everybody could. */
async function requireToken({ host, token }: GatewayFlags, context: Context): Promise<void> {
  const { output, paths, prompt, now } = context;
  if (!token) {
    if (isLoopback(host)) {
      output.warn('Without a token every program of this machine, of any user, can use your servers.');
      return;
    }
    throw new McpctlError(
      'USAGE',
      `Without a token the gateway listens on this machine alone, not on ${host}.`,
      {
        hint: 'Leave out --no-token, or --host.',
      },
    );
  }
  if (!isLoopback(host)) {
    output.warn(
      'Tokens and calls pass the network as plain text: put a proxy with TLS in front of other machines.',
    );
  }
  if ((await readTokens(paths)).length > 0) return;
  const question = {
    message: 'There is no token yet, so no client could come in. Make one?',
    flag: '--no-token',
  };
  if (prompt.canAsk && (await prompt.confirm(question))) {
    const made = await createToken(paths, 'default', now());
    // Also with --quiet: it is never shown again.
    output.stderr.write(`The token, shown this once:\n\n  ${made}\n\n`);
    return;
  }
  throw new McpctlError('GATEWAY_TOKEN_MISSING', 'There is no token, so no client could come in.', {
    hint: 'mcpctl gateway token',
  });
}

/** The address on stdout, which a program may wait for; how to use it on stderr. */
function announce({ port }: HttpFront, { host, token }: GatewayFlags, { output }: Context): void {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/mcp`;
  output.result({ url, port, host, token }, () => url);
  const header = token ? ' --header "Authorization: Bearer <token>"' : '';
  output.note(`Clients connect to it, for example: claude mcp add --transport http mcpctl ${url}${header}`);
  output.note(`One server alone, its tools under their own names: ${url}/<server>`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
