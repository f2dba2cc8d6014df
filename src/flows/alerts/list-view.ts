import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { AlertList, ListedAlert, ListedChannel } from './list-flow.ts';

const MOST_RESOLVED = 10;

export function renderAlerts(list: AlertList, style: Style, width: number): string {
  const { firing, pending, resolved, mutes, channels } = list;
  const rows = [
    ...firing.map((alert) => row(style.red('firing'), alert, alert.since)),
    ...pending.map((alert) => row(style.yellow('pending'), alert, alert.since)),
    ...resolved
      .slice(0, MOST_RESOLVED)
      .map((alert) => row(style.green('resolved'), alert, alert.resolvedAt ?? '')),
  ];
  const parts = [
    rows.length === 0
      ? 'No alerts within the last day.'
      : table({
          head: ['state', 'since', 'rule', 'severity', 'what'].map((cell) => style.dim(cell)),
          rows,
          width,
        }),
    ...(firing.length > 0 ? [firing.map((alert) => adviceOn(alert, style)).join('\n')] : []),
    ...(mutes.length > 0
      ? [
          mutes
            .map(
              ({ name, until }) => `${name} is muted${until === null ? '' : ` until ${shown(until)} UTC`}.`,
            )
            .join('\n'),
        ]
      : []),
    channels.length === 0
      ? 'Nobody is told: mcpctl alerts test says how to name somebody.'
      : channels.map((channel) => channelLine(channel, style)).join('\n'),
  ];
  return parts.join('\n\n');
}

function row(
  state: string,
  { rule, subject, severity, summary, detail, muted }: ListedAlert,
  time: string,
): string[] {
  const about = summary.includes(subject) ? summary : `${summary} (${subject})`;
  return [state, shown(time), rule, severity, plainLine(`${about}${muted ? ', muted' : ''}: ${detail}`)];
}

function adviceOn({ summary, runbook }: ListedAlert, style: Style): string {
  return `${plainLine(summary)}\n  ${style.cyan('try')} ${plainLine(runbook)}`;
}

function channelLine({ name, type, waiting, lost, fault }: ListedChannel, style: Style): string {
  const notes = [
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(lost > 0 ? [`${lost} given up`] : []),
    ...(fault ? [`failed ${shown(fault.at)}: ${plainLine(fault.message)}`] : []),
  ];
  const mark = fault ? style.red('✗') : style.green('✓');
  return `${mark} ${name} (${type})${notes.length === 0 ? '' : `: ${notes.join(', ')}`}`;
}

function shown(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}
