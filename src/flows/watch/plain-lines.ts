import { plainLine } from '../../cli/terminal-text.ts';
import type { Observation } from '../../watch/observation.ts';
import { type Change, changesSince } from './changes.ts';
import type { Screen } from './parts.ts';
import { until } from './until.ts';

/** A line for each server, and another one whenever something about it changes. */
export const plainLines: Screen = async ({ watcher, context, signal }) => {
  let before: Observation | undefined;
  await until(watcher, signal, (observation) => {
    for (const change of changesSince(before, observation)) context.stdout.write(`${changedLine(change)}\n`);
    before = observation;
  });
};

function changedLine({ at, server, what, remark }: Change): string {
  const why = remark
    ? [`: ${remark.message}`, ...(remark.hint === undefined ? [] : [` ${remark.hint}`])].join('')
    : '';
  const who = server === undefined ? '' : `${server} `;
  return `${at.slice(0, 19).replace('T', ' ')} ${plainLine(`${who}${what}${why}`)}`;
}
