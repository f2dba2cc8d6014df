import { useEffect, useState } from 'preact/hooks';
import type { Link } from './connection.ts';
import { clock } from './format.ts';

interface Props {
  readonly link: Link;
  /** Of what is shown; ISO 8601. */
  readonly at: string | undefined;
  again(): void;
}

/** Says whether what is shown is true now. */
export function LinkStatus({ link, at, again }: Props) {
  const left = useSecondsLeft(link);
  const seen = at === undefined ? '' : ` What you see is from ${clock(at)}.`;
  return (
    <div class={`link ${link.kind}`}>
      <p role="status">
        {link.kind === 'live' && <span title={at === undefined ? '' : `as of ${clock(at)}`}>Live</span>}
        {link.kind === 'opening' && 'Connecting…'}
        {link.kind === 'lost' && `mcpctl does not answer.${seen}`}
      </p>
      {link.kind === 'lost' && (
        <button type="button" onClick={again}>
          Try now{left > 0 && ` (${left} s)`}
        </button>
      )}
    </div>
  );
}

function useSecondsLeft(link: Link): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (link.kind !== 'lost') return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [link]);
  return link.kind === 'lost' ? Math.max(0, Math.ceil((link.retryAt - now) / 1000)) : 0;
}
