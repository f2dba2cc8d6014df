import type { LogLine } from '../../../gateway/logs/log-line.ts';
import type { Observation } from '../../../watch/observation.ts';
import type { Change } from '../changes.ts';
import type { Told } from '../parts.ts';

export type Pane = 'details' | 'logs' | 'help';

/** What a person chose to see. */
export interface View {
  /** Name of a server; undefined before there is one. */
  readonly selected: string | undefined;
  readonly pane: Pane | undefined;
  /** Lines scrolled: down in details and help, up from the end in logs. */
  readonly scrolled: number;
  /** Asked whether this server is to be restarted. */
  readonly asked: string | undefined;
}

/** Something to tell that passes. */
export interface Notice {
  readonly text: string;
  readonly tone: 'note' | 'good' | 'bad';
}

/** All that is on the screen. */
export interface ScreenFacts {
  /** Undefined before the first round is over. */
  readonly observation: Observation | undefined;
  /** Oldest first. */
  readonly changes: readonly Change[];
  /** Of the selected server, oldest first, while they are shown. */
  readonly logs: readonly LogLine[];
  readonly isPaused: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly now: number;
  readonly notice: Notice | undefined;
  /** Of what goes on beside the screen, e.g. how many alerts fire. */
  readonly told: readonly Told[];
  readonly view: View;
}

export const FIRST_VIEW: View = { selected: undefined, pane: undefined, scrolled: 0, asked: undefined };
