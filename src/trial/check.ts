import type { Era } from '../mcp/greeting.ts';
import type { CheckId } from './check-ids.ts';
import type { Severity } from './codes/check-facts.ts';
import type { Scene } from './scene.ts';

/** One thing that is wrong. */
export interface Problem {
  /** The tool, resource, prompt or example it is about. */
  readonly subject?: string;
  /** What was seen, as a sentence without its end. */
  readonly message: string;
  /** Where it counts more or less than the check in general. */
  readonly severity?: Severity;
}

/** Why a check has nothing to look at. */
export interface Skipped {
  readonly skipped: string;
}

export type Outcome = readonly Problem[] | Skipped;

/** What one run of a check is about. */
export interface Row {
  readonly era: Era;
  /** An example, where a check has one run for each. */
  readonly subject?: string;
}

/** One thing that is checked. A new check is one object, with a defect of the fixture that it finds. */
export interface Check {
  readonly id: CheckId;
  /** In which eras, of those the server speaks; `first`: once, in the oldest. */
  readonly eras: 'each' | 'first' | Era;
  /** Where it applies to programs or to addresses only. */
  readonly only?: 'stdio' | 'remote';
  /** One run for each of these; the scene is asked once. */
  subjects?(scene: Scene): Promise<readonly string[]>;
  examine(scene: Scene, row: Row): Promise<Outcome>;
}
