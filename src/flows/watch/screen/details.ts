import { padText } from '../../../cli/fit-text.ts';
import { plainLine } from '../../../cli/terminal-text.ts';
import type { Style } from '../../../platform/style.ts';
import type { ObservedServer } from '../../../watch/observation.ts';
import { localTime } from '../../logs/logs-view.ts';
import { shownBytes, shownRate } from '../status-view.ts';
import { line, wrapped } from './line.ts';
import { changeLine, remarkLines } from './panes.ts';
import { shortLatency, shortRatio, shortSpan, shortToken } from './short-facts.ts';
import { STATES } from './tone.ts';
import type { ScreenFacts } from './view.ts';

const NAME_ROOM = 10;

/** All that is known of the selected server. */
export function detailLines(facts: ScreenFacts, width: number, style: Style): string[] {
  const { observation, view, changes, now } = facts;
  const server = observation?.servers.find(({ name }) => name === view.selected);
  if (!server) return [style.dim('  It is gone from the manifest.')];
  const { state, reason, warnings } = server;
  const look = STATES[state];
  const fact = (name: string, text: string): string[] =>
    wrapped(text, width - NAME_ROOM - 3).map((part, index) =>
      line([['  '], [padText(index === 0 ? name : '', NAME_ROOM), 'dim'], [` ${part}`]], width, style),
    );
  const history = changes.filter((change) => change.server === server.name).reverse();
  return [
    line(
      [['  '], [`${look.symbol} ${state}`, look.tone], [` for ${shortSpan(now - Date.parse(server.since))}`]],
      width,
      style,
    ),
    ...(reason ? remarkLines(reason, { tone: look.tone }, width, style) : []),
    ...warnings.flatMap((warning) => remarkLines(warning, { tone: 'warn' }, width, style)),
    '',
    ...factsOf(server, now).flatMap(([name, text]) => fact(name, text)),
    ...processesOf(facts, server).flatMap((text, index) => fact(index === 0 ? 'processes' : '', text)),
    ...(history.length > 0 ? ['', style.dim('  seen since the watch began, the latest first')] : []),
    ...history.map((change) => changeLine(change, now, width, style)),
  ];
}

function factsOf(server: ObservedServer, now: number): [string, string][] {
  const { scope, transport, era, version, probe, check, nextProbeAt, calls, tools, token } = server;
  const time = (iso: string): string => localTime(new Date(iso), new Date(now));
  const next =
    nextProbeAt === undefined ? 'none is due' : `next in ${shortSpan(Date.parse(nextProbeAt) - now)}`;
  const latencies =
    calls.p95Ms === null
      ? ''
      : `, half within ${shortLatency(calls.p50Ms)}, 95 % within ${shortLatency(calls.p95Ms)}`;
  const limited =
    calls.rateLimitedPerMinute > 0
      ? `, ${shownRate(calls.rateLimitedPerMinute)} a minute held back by limits`
      : '';
  const errors = calls.errorRatio === null ? '' : `, ${shortRatio(calls.errorRatio)} failed`;
  return [
    [
      'is',
      `${transport === 'http' ? 'remote' : 'a program'}, ${scope} scope${version === undefined ? '' : `, ${plainLine(version)}`}${era === undefined ? '' : `, ${era} era`}`,
    ],
    [
      'probe',
      `${probe ? `${probe.ok ? shortLatency(probe.ms) : `failed after ${shortLatency(probe.ms)}`} at ${time(probe.at)}` : 'none yet'}, ${next}`,
    ],
    ...(check ? [['check', `${checkInWords(check)} at ${time(check.at)}`] as [string, string]] : []),
    ['calls', `${shownRate(calls.perMinute)} a minute${errors}${latencies}${limited}`],
    [
      'cache',
      server.cacheHitRatio === null ? 'not asked' : `${shortRatio(server.cacheHitRatio)} of calls answered`,
    ],
    ['memory', `${shownBytes(server.rssBytes)}, ${server.restarts} restarts`],
    ['tools', `${tools.offered ?? 'unknown'} offered, ${tools.locked ?? 'none'} locked`],
    ...(tools.changed.length > 0
      ? [
          ['changed', `${tools.changed.map(plainLine).join(', ')} (mcpctl approve ${server.name})`] as [
            string,
            string,
          ],
        ]
      : []),
    ...(token
      ? [
          ['sign-in', token.expiresAt === null ? 'does not expire' : `token: ${shortToken(token, now)}`] as [
            string,
            string,
          ],
        ]
      : []),
  ];
}

function checkInWords({ tool, outcome, ms, message = '' }: NonNullable<ObservedServer['check']>): string {
  const name = plainLine(tool);
  if (outcome === 'ok') return `${name} answers in ${shortLatency(ms)}`;
  return outcome === 'failed' ? `${name} fails` : `${name} is not called: ${plainLine(message)}`;
}

function processesOf({ observation, now }: ScreenFacts, { owners }: ObservedServer): string[] {
  if (owners.length === 0) return ['none; this watch probes it'];
  return owners.map(({ pid, kind }) => {
    const process = observation?.processes.find((each) => each.pid === pid);
    if (!process) return `${kind} ${pid}`;
    const age = shortSpan(now - Date.parse(process.startedAt));
    return `${kind} ${pid} in ${plainLine(process.cwd)}, for ${age}, ${shownBytes(process.rssBytes)}, mcpctl ${plainLine(process.version)}`;
  });
}
