import type { DashboardState } from '../wire.ts';

/** How the page stands with the process that serves it. */
export type Link =
  | { readonly kind: 'opening' }
  | { readonly kind: 'live' }
  /** Tried again at that time, in milliseconds since 1970. */
  | { readonly kind: 'lost'; readonly retryAt: number }
  | { readonly kind: 'shut' };

export interface Listener {
  told(state: DashboardState): void;
  linked(link: Link): void;
}

/** Pauses before another attempt, in milliseconds; the last one stays. */
const PAUSES = [1000, 2000, 4000, 8000, 15_000];
/** The other side says something at least every 15 seconds. */
const SILENCE_MS = 40_000;

/** Follows the states until it is ended; `again` tries at once instead of waiting. */
export function follow(session: string | null, { told, linked }: Listener): { end(): void; again(): void } {
  const over = new AbortController();
  let failures = 0;
  let wake = (): void => {};
  const attempt = async (): Promise<'shut' | 'lost'> => {
    const silent = new AbortController();
    let timer = 0;
    const heard = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => silent.abort(), SILENCE_MS);
    };
    heard();
    try {
      const signal = AbortSignal.any([over.signal, silent.signal]);
      const response = await fetch('api/events', { headers: headersOf(session), signal, cache: 'no-store' });
      if (response.status === 401) return 'shut';
      if (!response.ok || !response.body) return 'lost';
      for await (const text of events(response.body, heard)) {
        failures = 0;
        linked({ kind: 'live' });
        told(JSON.parse(text) as DashboardState);
      }
    } catch {
      // Gone, silent, or never there: all the same to a reader.
    } finally {
      clearTimeout(timer);
    }
    return 'lost';
  };
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const end = await attempt();
      if (over.signal.aborted) return;
      if (end === 'shut') return linked({ kind: 'shut' });
      const pause = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 0;
      failures += 1;
      linked({ kind: 'lost', retryAt: Date.now() + pause });
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, pause);
      });
    }
  };
  linked({ kind: 'opening' });
  void run();
  return { end: () => over.abort(), again: () => wake() };
}

/** The data of each event. */
async function* events(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  heard: () => void,
): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    const parts = (held + value).split('\n\n');
    held = parts.pop() ?? '';
    for (const part of parts) {
      const data = part.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) yield data.slice(6);
    }
  }
}

export interface Failure {
  readonly message: string;
  readonly hint?: string;
}

/** What was asked for, or why not. Never rejects. */
export async function ask<T>(
  path: string,
  session: string | null,
  body?: object,
): Promise<{ data: T } | { failure: Failure; status: number }> {
  try {
    const response = await fetch(path, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: { ...headersOf(session), ...(body && { 'content-type': 'application/json' }) },
      cache: 'no-store',
    });
    const { data, error } = (await response.json()) as { data?: T; error?: Failure };
    if (data !== undefined) return { data };
    return { failure: error ?? { message: `It answered with ${response.status}.` }, status: response.status };
  } catch {
    return { failure: { message: 'mcpctl does not answer.' }, status: 0 };
  }
}

export async function leave(session: string | null): Promise<void> {
  await fetch('session', { method: 'DELETE', headers: headersOf(session) }).catch(() => {});
}

function headersOf(session: string | null): Record<string, string> {
  return session === null ? {} : { authorization: `Bearer ${session}` };
}

const KEY = 'mcpctl-session';

/** Of this origin alone, and worthless when the process ends. */
export const kept = {
  read: (): string | null => localStorage.getItem(KEY),
  write: (session: string): void => localStorage.setItem(KEY, session),
  forget: (): void => localStorage.removeItem(KEY),
};
