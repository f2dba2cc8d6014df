import { useEffect, useState } from 'preact/hooks';
import type { CallPage, ShownCall } from '../wire.ts';
import { ask, type Failure } from './connection.ts';
import { count, dayAndTime, milliseconds } from './format.ts';
import { type Column, Mark, Table, type Tone } from './parts.tsx';

const COLUMNS: readonly Column<ShownCall>[] = [
  { head: 'Time', cell: ({ at }) => <time dateTime={at}>{dayAndTime(at)}</time> },
  {
    head: 'Tool',
    cell: ({ server, what }) => (
      <span class="tool">
        <small>{server}</small> {what}
      </span>
    ),
  },
  {
    head: 'Outcome',
    cell: ({ outcome, errorType }) => (
      <span class={`state ${toneOf(outcome)}`}>
        <Mark tone={toneOf(outcome)} />
        {WORDS[outcome]}
        {errorType !== undefined && errorType !== outcome && <small>{errorType}</small>}
      </span>
    ),
  },
  { head: 'Took', isNumber: true, cell: ({ ms }) => milliseconds(ms) },
  { head: 'Cache', cell: ({ cache }) => cache ?? '–' },
  { head: 'Client', cell: ({ client, via }) => client ?? via },
  { head: 'User', cell: ({ user }) => user ?? '–' },
];

export const WORDS: Readonly<Record<ShownCall['outcome'], string>> = {
  ok: 'ok',
  tool_error: 'tool error',
  error: 'error',
  timeout: 'timeout',
  denied: 'denied',
  rate_limited: 'over the limit',
  cancelled: 'cancelled',
  outcome_unknown: 'unknown',
};

function toneOf(outcome: ShownCall['outcome']): Tone {
  if (outcome === 'ok') return 'good';
  if (outcome === 'cancelled') return 'idle';
  return outcome === 'denied' || outcome === 'rate_limited' ? 'warn' : 'bad';
}

type Found = { readonly page: CallPage } | { readonly failure: Failure } | undefined;

interface Props {
  readonly query: string;
  /** Calls on a page. */
  readonly size: number;
  readonly session: string | null;
  readonly label: string;
  /** Another one has the page looked up again. */
  readonly edition?: string;
}

/** What the audit log has for a query, page by page. */
export function CallList({ query, size, session, label, edition }: Props) {
  const [offset, setOffset] = useState(0);
  const [found, setFound] = useState<Found>();
  // Another query begins at its first page.
  useEffect(() => setOffset(0), [query]);
  // The edition is only to look again.
  useEffect(() => {
    let isOver = false;
    void ask<CallPage>(`api/calls?${query}&offset=${offset}&limit=${size}`, session).then((answer) => {
      if (isOver) return;
      setFound('data' in answer ? { page: answer.data } : { failure: answer.failure });
    });
    return () => {
      isOver = true;
    };
  }, [query, offset, size, session, edition]);
  if (!found) return <p class="empty">Looking…</p>;
  if ('failure' in found) {
    return (
      <p role="alert" class="refusal">
        {found.failure.message} {found.failure.hint}
      </p>
    );
  }
  const { calls, hasOlder, damaged } = found.page;
  return (
    <>
      {damaged > 0 && (
        <p role="alert" class="refusal">
          {count(damaged, 'line')} of the log cannot be read: mcpctl audit verify
        </p>
      )}
      <Table
        label={label}
        columns={COLUMNS}
        rows={calls}
        keyOf={({ id }) => id}
        empty="No recorded call fits."
      />
      {(offset > 0 || hasOlder) && (
        <nav class="pager" aria-label="Pages">
          <button type="button" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - size))}>
            Newer
          </button>
          <span aria-live="polite">
            {offset + 1} to {offset + calls.length}
          </span>
          <button type="button" disabled={!hasOlder} onClick={() => setOffset(offset + size)}>
            Older
          </button>
        </nav>
      )}
    </>
  );
}
