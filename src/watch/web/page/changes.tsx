import type { Change } from '../wire.ts';
import { clock, distance } from './format.ts';
import { Mark, serverAddress } from './parts.tsx';

const TONES = { good: 'good', bad: 'bad', plain: 'idle' } as const;

/** What changed, the latest first. */
export function Changes({
  changes,
  now,
  isNamed,
}: {
  changes: readonly Change[];
  now: string;
  isNamed?: boolean;
}) {
  if (changes.length === 0) return <p class="empty">Nothing since this page is watching.</p>;
  return (
    <ol class="changes">
      {changes.map(({ at, server, tone, text }) => (
        <li key={`${at} ${server} ${text}`}>
          <Mark tone={TONES[tone]} />
          <span>
            {isNamed && <a href={serverAddress(server)}>{server}</a>} {text}
          </span>
          <time dateTime={at} title={clock(at)}>
            {distance(at, now)} ago
          </time>
        </li>
      ))}
    </ol>
  );
}
