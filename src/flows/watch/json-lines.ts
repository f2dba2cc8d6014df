import type { Observation } from '../../watch/observation.ts';
import type { Screen } from './parts.ts';
import { until } from './until.ts';

/**
 * Without a change there is a line all the same within 30 seconds, so that whoever reads knows that somebody watches.
 * Without one there is an observation in five seconds.
 */
const LONGEST_SILENCE_MS = 25_000;

/** One observation a line, for machines: after each change of what is worth telling. */
export const jsonLines: Screen = async ({ watcher, context, signal }) => {
  let before: { readonly key: string; readonly at: number } | undefined;
  await until(watcher, signal, (observation) => {
    const key = changesIn(observation);
    const at = Date.parse(observation.at);
    if (before && key === before.key && at - before.at < LONGEST_SILENCE_MS) return;
    before = { key, at };
    context.stdout.write(`${JSON.stringify(observation)}\n`);
  });
};

/** What counts as a change: not the time, not rates and memory, which never stand still. */
function changesIn({ servers, processes, warnings, auditFailures }: Observation): string {
  return JSON.stringify([
    auditFailures,
    warnings.map(({ code }) => code),
    processes.map(({ pid }) => pid),
    servers.map(({ name, state, since, reason, era, version, probe, restarts, tools, owners, ...rest }) => [
      [name, state, since, reason, era, version, probe?.ok, restarts, tools, owners],
      [rest.token, rest.warnings.map(({ code }) => code)],
    ]),
  ]);
}
