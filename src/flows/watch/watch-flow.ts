import type { Context } from '../../cli/context.ts';
import { parseDuration } from '../../cli/duration.ts';
import { keepHeapSmall } from '../../platform/small-heap.ts';
import { readSettings } from '../../settings/read.ts';
import type { Observation } from '../../watch/observation.ts';
import { isDrawn } from './is-drawn.ts';
import { jsonLines } from './json-lines.ts';
import { openWatcher } from './open-watcher.ts';
import { PARTS } from './part-list.ts';
import { openParts, type Screen, type WatchFlags } from './parts.ts';
import { plainLines } from './plain-lines.ts';
import { statusFlow } from './status-flow.ts';

/** Watches until the user quits; with `once` it looks around one time and returns what it saw. */
export async function watchFlow(flags: WatchFlags, context: Context): Promise<Observation | undefined> {
  keepHeapSmall();
  const intervalMs = flags.interval === undefined ? undefined : parseDuration(flags.interval, '--interval');
  const options = { names: flags.server, intervalMs, deep: flags.deep };
  const { settings } = await readSettings(context);
  if (flags.once) {
    const seen = await statusFlow(options, context);
    if (settings.alerts.enabled) await (await import('../alerts/alert-part.ts')).alertOnce(seen, context);
    return seen;
  }
  const watcher = await openWatcher(options, context);
  try {
    const parts = await openParts(PARTS, { watcher, flags, settings, context });
    try {
      const show = await screenFor(context);
      await show(parts.watching, parts.told);
    } finally {
      await parts.close();
    }
  } finally {
    await watcher.close();
  }
  return undefined;
}

/** A screen where a person can see one, lines elsewhere. */
async function screenFor(context: Context): Promise<Screen> {
  if (context.output.json) return jsonLines;
  if (!isDrawn(context)) return plainLines;
  const { liveScreen } = await import('./screen/live-screen.ts');
  return liveScreen;
}
