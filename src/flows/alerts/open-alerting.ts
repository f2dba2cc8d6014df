import { hostname } from 'node:os';
import { createSignInIndex } from '../../auth/store/sign-in-index.ts';
import { wallClock } from '../../calls/clock.ts';
import type { Context } from '../../cli/context.ts';
import { execute } from '../../platform/execute.ts';
import { createFetch } from '../../platform/fetch.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';
import { type Alerting, createAlerting } from '../../watch/alerts/alerting.ts';
import { openBookFile } from '../../watch/alerts/book-file.ts';
import { dueSecrets } from '../../watch/alerts/due.ts';
import type { DueSecret } from '../../watch/alerts/rule.ts';
import type { SendPorts } from '../../watch/alerts/send.ts';

/** How long what was read counts, in milliseconds. */
const FRESH_MS = 10_000;

/** Alerts by the settings and the state of this machine; changed settings count within ten seconds. */
export async function openAlerting(context: Context, warn: (line: string) => void): Promise<Alerting> {
  const { paths } = context;
  const first = (await readSettings(context)).settings;
  const signIns = createSignInIndex(paths);
  // Settings that are being edited may be broken for a moment: those before go on.
  const settings = fresh<Settings>(async () => (await readSettings(context)).settings, first);
  const due = fresh<readonly DueSecret[]>(
    async () => dueSecrets((await settings()).alerts.due, await signIns.list()),
    [],
  );
  return createAlerting({
    book: openBookFile(paths),
    clock: wallClock,
    settings,
    due,
    send: sendPorts(context, first),
    warn,
  });
}

/** How alerts leave this machine, by the user's own settings. */
export function sendPorts(context: Context, { network }: Settings): SendPorts {
  const { env, platform, paths, program } = context;
  return {
    fetch: createFetch({ env, allowPrivate: network.allowPrivate }),
    execute,
    env,
    // Not the .env of the folder one happens to be in: it may have come with a cloned repository.
    resolver: () => resolverFor(context, { scope: 'user', projectFolder: paths.settings }),
    source: hostname(),
    platform,
    version: program.version,
    now: () => Date.now(),
  };
}

/** Reads again when what was read is old; on failure what was read before counts. */
function fresh<T>(read: () => Promise<T>, first: T): () => Promise<T> {
  let known = first;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (Date.now() - readAt < FRESH_MS) return known;
    readAt = Date.now();
    known = await read().catch(() => known);
    return known;
  };
}
