import { plainLine } from '../../cli/terminal-text.ts';
import { counted } from '../../core/counted.ts';
import type { Style } from '../../platform/style.ts';
import type { SignedOut } from './logout-flow.ts';
import type { SignInStatus } from './status-flow.ts';

/** Who is signed in where, a block a server. `now` in milliseconds since the epoch. */
export function renderStatus(all: readonly SignInStatus[], style: Style, now: number): string {
  if (all.length === 0) return 'Nobody is signed in anywhere: mcpctl auth login <server>';
  return all.map((status) => block(status, style, now)).join('\n\n');
}

function block(status: SignInStatus, style: Style, now: number): string {
  const { server, state, reason, account, issuer, scopes, store, renews, expiresAt } = status;
  const isWell = state === 'signed in';
  const who = account === undefined ? '' : ` as ${plainLine(account)}`;
  const fact = (name: string, text: string | undefined): string[] =>
    text === undefined ? [] : [`  ${style.dim(name.padEnd(9))} ${text}`];
  return [
    `${isWell ? style.green('✓') : style.yellow('!')} ${style.bold(server)}  ${state}${who}${reason === undefined ? '' : `: ${plainLine(reason)}`}`,
    ...fact('issuer', issuer),
    ...fact(
      'allowed',
      scopes.length > 0 ? scopes.map((scope) => marked(scope, style)).join(', ') : undefined,
    ),
    ...fact('expires', expiresAt && `${ago(expiresAt, now)}${renews ? ', renewed by itself' : ''}`),
    ...fact('renewed', status.refreshedAt && ago(status.refreshedAt, now)),
    ...fact('since', status.signedInAt && ago(status.signedInAt, now)),
    ...fact('kept in', store),
    ...(isWell ? [] : fact('next', `mcpctl auth login ${server}`)),
  ].join('\n');
}

function marked({ scope, access }: SignInStatus['scopes'][number], style: Style): string {
  const name = plainLine(scope);
  if (access === 'read') return name;
  return access === 'write' ? style.yellow(`${name} (writes)`) : style.red(`${name} (administers)`);
}

const UNITS: readonly [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `in 3 hours`, `2 days ago`. */
function ago(time: string, now: number): string {
  const distance = Date.parse(time) - now;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? ['second', 1000];
  const count = Math.round(Math.abs(distance) / size);
  const text = counted(count, unit);
  return distance < 0 ? `${text} ago` : `in ${text}`;
}

/** What a sign-out did, a line a server. */
export function renderSignedOut(all: readonly SignedOut[], style: Style): string {
  if (all.length === 0) return 'Nobody was signed in.';
  return all
    .map(({ server, issuer, store, revoked, registrationDeleted, problems }) =>
      [
        `${style.green('✓')} Signed out of ${style.bold(server)}; removed from ${store}`,
        ...(revoked === 'yes' ? [`  ${issuer} has ended its tokens`] : []),
        ...(revoked === 'unsupported'
          ? [`  ${issuer} does not end tokens on request; they expire by themselves`]
          : []),
        ...(registrationDeleted ? ['  the client registration was deleted there'] : []),
        ...problems.map((problem) => `  ${style.yellow('warning')} ${plainLine(problem)}`),
        ...(revoked === 'no' ? [`  end it by hand in your account at ${issuer}`] : []),
      ].join('\n'),
    )
    .join('\n');
}
