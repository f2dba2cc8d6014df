import type { Severity } from '../../../settings/alert-settings.ts';
import type { Alert, Message } from '../alert.ts';

/** One line: what is the matter, or that it is over. */
export function headline({ change, alert }: Message): string {
  const times = alert.times === undefined ? '' : `, ${alert.times} times within half an hour`;
  if (change === 'trigger') return `${alert.summary}${times}`;
  return `Resolved: ${alert.summary}, after ${lasted(alert)}${times}`;
}

/** One line for several: `3 alerts, 1 resolved`. */
export function countLine(messages: readonly Message[]): string {
  const resolved = messages.filter(({ change }) => change === 'resolve').length;
  const fired = messages.length - resolved;
  const parts = [
    ...(fired > 0 ? [`${fired} ${fired === 1 ? 'alert' : 'alerts'}`] : []),
    ...(resolved > 0 ? [`${resolved} resolved`] : []),
  ];
  return parts.join(', ');
}

/** Worst of those that fired; of all when none did. */
export function worst(messages: readonly Message[]): Severity {
  const fired = messages.filter(({ change }) => change === 'trigger');
  const severities = new Set((fired.length > 0 ? fired : messages).map(({ alert }) => alert.severity));
  return severities.has('critical') ? 'critical' : severities.has('warning') ? 'warning' : 'info';
}

export function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

function lasted({ firedAt, resolvedAt = firedAt }: Alert): string {
  const seconds = Math.max(1, Math.round((resolvedAt - firedAt) / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
