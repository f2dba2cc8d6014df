import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ObservedServer } from '../../observation.ts';

type State = ObservedServer['state'];
export type Tone = 'good' | 'warn' | 'bad' | 'idle';

const STATES: Readonly<Record<State, readonly [word: string, tone: Tone]>> = {
  healthy: ['healthy', 'good'],
  degraded: ['degraded', 'bad'],
  starting: ['starting', 'warn'],
  dormant: ['asleep', 'idle'],
  'needs-auth': ['needs sign-in', 'warn'],
  failed: ['failed', 'bad'],
  stopped: ['stopped', 'idle'],
};

const MARKS: Readonly<Record<Tone, string>> = {
  good: 'M5 8.5l2.2 2.2L11.2 6',
  warn: 'M8 4.5v4M8 11v.01',
  bad: 'M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8',
  idle: 'M5.2 8h5.6',
};

export function toneOf(state: State): Tone {
  return STATES[state]?.[1] ?? 'idle';
}

export function Mark({ tone }: { tone: Tone }) {
  return (
    <svg class={`mark ${tone}`} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="7" />
      <path d={MARKS[tone]} />
    </svg>
  );
}

export function StateBadge({ state }: { state: State }) {
  return (
    <span class={`state ${toneOf(state)}`}>
      <Mark tone={toneOf(state)} />
      {STATES[state]?.[0] ?? state}
    </span>
  );
}

/** A command to copy, or advice in words. */
export function Advice({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  if (!/^mcpctl [^.;]*$/.test(text)) return <p class="advice">{text}</p>;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text).catch(() => {});
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <p class="command">
      <code>{text}</code>
      <button type="button" class="quiet" onClick={copy} aria-label={`Copy ${text}`}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </p>
  );
}

export function Card({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: string;
  children: ComponentChildren;
}) {
  return (
    <section class="card">
      <header>
        <h2>{title}</h2>
        {aside !== undefined && <p>{aside}</p>}
      </header>
      {children}
    </section>
  );
}

export interface Column<T> {
  readonly head: string;
  readonly isNumber?: boolean;
  cell(row: T): ComponentChildren;
}

interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly empty: string;
  /** It has so few columns that it stays a table everywhere. */
  readonly isNarrow?: boolean;
  keyOf(row: T): string;
}

/** A table that becomes a list of cards where it does not fit; its first column names the row. */
export function Table<T>({ label, columns, rows, keyOf, empty, isNarrow }: TableProps<T>) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <table role="table" aria-label={label} class={isNarrow ? undefined : 'wide'}>
      <thead>
        <tr role="row">
          {columns.map(({ head, isNumber }) => (
            <th key={head} role="columnheader" scope="col" class={isNumber ? 'number' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ head, isNumber, cell }, index) => {
              const shown = cell(row);
              const kind = isNumber ? 'number' : undefined;
              return index === 0 ? (
                <th key={head} role="rowheader" scope="row" class={kind}>
                  {shown}
                </th>
              ) : (
                <td key={head} role="cell" data-label={head} class={kind}>
                  {shown}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function serverAddress(name: string): string {
  return `#/servers/${encodeURIComponent(name)}`;
}
