import { plainLine } from '../../cli/terminal-text.ts';
import type { Observation, ObservedServer } from '../../watch/observation.ts';
import type { Screen } from './parts.ts';
import { until } from './until.ts';

/** A line for each server, and another one whenever something about it changes. */
export const plainLines: Screen = async ({ watcher, context, signal }) => {
  let before: Observation | undefined;
  await until(watcher, signal, (observation) => {
    for (const line of changedLines(before, observation)) context.stdout.write(`${line}\n`);
    before = observation;
  });
};

/** What an observation tells that the one before did not. */
export function changedLines(
  before: Observation | undefined,
  { at, servers, warnings }: Observation,
): string[] {
  const time = at.slice(0, 19).replace('T', ' ');
  const known = new Map(before?.servers.map((server) => [server.name, server]));
  const told = new Set(before?.warnings.map(({ code }) => code));
  const lines = servers.flatMap((server) => linesOf(known.get(server.name), server));
  for (const { name } of before?.servers ?? []) {
    if (!servers.some((server) => server.name === name)) lines.push(`${name} is gone from the manifest`);
  }
  for (const { code, message } of warnings) if (!told.has(code)) lines.push(`warning: ${message}`);
  return lines.map((line) => `${time} ${plainLine(line)}`);
}

function linesOf(before: ObservedServer | undefined, server: ObservedServer): string[] {
  const { name, state, reason, restarts, warnings } = server;
  const lines: string[] = [];
  if (before?.state !== state || before.reason?.code !== reason?.code) {
    const from = before && before.state !== state ? `${before.state} → ` : '';
    lines.push(`${name} ${from}${state}${reason ? `: ${reason.message} ${reason.hint ?? ''}` : ''}`);
  }
  if (before && restarts > before.restarts)
    lines.push(`${name} was started again (${restarts} times so far)`);
  for (const { code, message } of warnings) {
    if (!before?.warnings.some((known) => known.code === code)) lines.push(`${name} warning: ${message}`);
  }
  return lines;
}
