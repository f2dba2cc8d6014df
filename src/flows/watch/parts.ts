import type { Context } from '../../cli/context.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Observation } from '../../watch/observation.ts';
import type { Watcher } from '../../watch/watcher.ts';

/** The options of `watch`. */
export interface WatchFlags {
  readonly once?: boolean;
  readonly interval?: string;
  readonly server?: readonly string[];
  /** Has harmless calls made as well. */
  readonly deep?: boolean;
  readonly metricsPort?: string;
  readonly metricsHost: string;
  readonly metricsToken?: boolean;
  readonly web?: boolean;
  /** With `web`. */
  readonly port?: string;
  readonly open?: boolean;
}

/** A watch that goes on. */
export interface Watching {
  readonly watcher: Watcher;
  readonly flags: WatchFlags;
  readonly settings: Settings;
  readonly context: Context;
  /** Aborted when the watch ends. */
  readonly signal: AbortSignal;
}

/** What goes on beside the screen as long as a watch does. */
export interface WatchPart {
  observed?(observation: Observation): void;
  /** What a screen tells of it; none where there is nothing to tell. */
  told?(): readonly Told[];
  close?(): Promise<void>;
}

/** A short text about what goes on beside the screen. */
export interface Told {
  readonly text: string;
  readonly isTrouble: boolean;
}

export interface OpenParts {
  /** The watch as its parts and its screen see it. */
  readonly watching: Watching;
  /** What all of them tell now. */
  told(): readonly Told[];
  close(): Promise<void>;
}

/** Begins a part; undefined where flags and settings do not ask for it. */
export type OpenPart = (watching: Watching) => Promise<WatchPart | undefined>;

/** Shows what is observed until the signal aborts, or the user quits. */
export type Screen = (watching: Watching, told: () => readonly Told[]) => Promise<void>;

/** Begins every part that is asked for; on failure those that had begun are closed again. */
export async function openParts(
  parts: readonly OpenPart[],
  watch: Omit<Watching, 'signal'>,
): Promise<OpenParts> {
  const over = new AbortController();
  const watching = { ...watch, signal: AbortSignal.any([watch.context.signal, over.signal]) };
  const opened: WatchPart[] = [];
  const unsubscribe = watch.watcher.subscribe((observation) => {
    for (const part of opened) part.observed?.(observation);
  });
  const close = async (): Promise<void> => {
    // Before they are closed: some go on until the watch ends.
    over.abort();
    unsubscribe();
    for (const part of opened.reverse()) await part.close?.();
  };
  try {
    for (const open of parts) {
      const part = await open(watching);
      if (part) opened.push(part);
    }
    return { watching, told: () => opened.flatMap((part) => part.told?.() ?? []), close };
  } catch (error) {
    await close();
    throw error;
  }
}
