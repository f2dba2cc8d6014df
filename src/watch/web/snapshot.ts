import { htmlText } from '../../core/html-text.ts';
import type { ObservedServer } from '../observation.ts';
import { document } from './shell.ts';
import type { DashboardState } from './wire.ts';

const HEAD = ['Server', 'State', 'Why', 'What to do', 'Calls/min', 'p95 ms', 'Errors', 'Tools'];

/** What is known at a moment, for browsers without scripts. */
export function snapshotPage({ observation, alerts }: DashboardState): string {
  const { at, servers } = observation;
  const firing = alerts.map(({ summary, hint }) => `<li>${htmlText(summary)} ${commandIn(hint)}</li>`);
  return document(
    'Servers · mcpctl',
    `<main class="snapshot">
<h1>Servers</h1>
<p>As they were at <time datetime="${htmlText(at)}">${htmlText(at)}</time>.</p>
${firing.length > 0 ? `<h2>Alerts</h2>\n<ul>${firing.join('\n')}</ul>` : ''}
<table>
<thead><tr>${HEAD.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>
<tbody>
${servers.map(rowOf).join('\n')}
</tbody>
</table>
</main>`,
  );
}

function rowOf({ name, state, reason, calls, tools }: ObservedServer): string {
  const { perMinute, p95Ms, errorRatio } = calls;
  const cells = [
    state,
    reason?.message ?? '',
    perMinute.toFixed(1),
    p95Ms === null ? '' : String(Math.round(p95Ms)),
    errorRatio === null ? '' : `${Math.round(errorRatio * 100)} %`,
    `${tools.offered ?? '-'}/${tools.locked ?? '-'}`,
  ].map((cell) => `<td>${htmlText(cell)}</td>`);
  cells.splice(2, 0, `<td>${commandIn(reason?.hint)}</td>`);
  return `<tr><th scope="row">${htmlText(name)}</th>${cells.join('')}</tr>`;
}

function commandIn(hint: string | undefined): string {
  return hint === undefined ? '' : `<code>${htmlText(hint)}</code>`;
}
