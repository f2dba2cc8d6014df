import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { Outgoing } from '../../watch/alerts/channels/channel.ts';
import type { Delivery } from '../../watch/alerts/outbox.ts';
import type { ShownChannel, TestedChannel } from './test-flow.ts';

export function renderTested(tested: readonly TestedChannel[], style: Style): string {
  return tested
    .map(({ channel, type, trigger, resolve }) => {
      const lines = [
        [trigger, 'alert'],
        [resolve, 'its end'],
      ] as const;
      return [
        `${style.bold(channel)} (${type})`,
        ...lines.map(([delivery, what]) => line(delivery, what, style)),
      ].join('\n');
    })
    .join('\n');
}

const SAID = { taken: 'taken', refused: 'refused for good', later: 'not taken now' } as const;

function line({ outcome, answer }: Delivery, what: string, style: Style): string {
  const mark = outcome === 'taken' ? style.green('✓') : style.red('✗');
  return `  ${mark} ${what}: ${SAID[outcome]}, ${plainLine(answer)}`;
}

export function renderShown(shown: readonly ShownChannel[], style: Style): string {
  return shown
    .map(({ channel, type, trigger, resolve }) =>
      [`${style.bold(channel)} (${type})`, payload(trigger), payload(resolve)].join('\n'),
    )
    .join('\n\n');
}

function payload(outgoing: Outgoing): string {
  if (outgoing.kind === 'run') {
    const words = [outgoing.command, ...outgoing.args].map((word) => JSON.stringify(word)).join(' ');
    return `${words}${outgoing.input === '' ? '' : `\n${pretty(outgoing.input)}`}`;
  }
  const headers = Object.entries(outgoing.headers).map(([name, value]) => `${name}: ${value}`);
  return [`POST ${outgoing.url}`, ...headers, pretty(outgoing.body)].join('\n');
}

function pretty(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2);
}
