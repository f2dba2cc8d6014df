import type { Context } from '../../cli/context.ts';
import { parseDuration } from '../../cli/duration.ts';
import { McpctlError } from '../../core/errors.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { ALERT_RULES } from '../../settings/alert-settings.ts';
import { openBookFile } from '../../watch/alerts/book-file.ts';

export interface Muted {
  readonly name: string;
  /** ISO 8601; null: until it is taken back. */
  readonly until: string | null;
}

/** Tells nobody of a server or a rule for a while. @throws SERVER_UNKNOWN, USAGE, and what writing throws. */
export async function mute(name: string, duration: string | undefined, context: Context): Promise<Muted> {
  const until = duration === undefined ? null : context.now().getTime() + parseDuration(duration, '--for');
  await refuseUnknown(name, context);
  await openBookFile(context.paths).change((book) => ({
    ...book,
    mutes: [...book.mutes.filter((each) => each.name !== name), { name, until }],
  }));
  return { name, until: until === null ? null : new Date(until).toISOString() };
}

/** Takes a mute back; what still fires is told then. */
export async function unmute(name: string, context: Context): Promise<{ name: string; wasMuted: boolean }> {
  let wasMuted = false;
  await openBookFile(context.paths).change((book) => {
    wasMuted = book.mutes.some((each) => each.name === name);
    return wasMuted ? { ...book, mutes: book.mutes.filter((each) => each.name !== name) } : book;
  });
  return { name, wasMuted };
}

async function refuseUnknown(name: string, { paths, cwd }: Context): Promise<void> {
  if (ALERT_RULES.some((rule) => rule === name)) return;
  const { servers } = await readManifests({ paths, cwd });
  if (servers.has(name)) return;
  throw new McpctlError('SERVER_UNKNOWN', `There is no server and no rule ${JSON.stringify(name)}.`, {
    hint: `Servers: mcpctl list. Rules: ${ALERT_RULES.join(', ')}`,
    data: { server: name },
  });
}
