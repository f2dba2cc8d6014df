import type { Severity } from './codes/code-facts.ts';
import { FINDING_CODES, type FindingCode } from './finding-codes.ts';

export interface Fix {
  /** What a person types, e.g. `chmod 700 …` or `mcpctl sync`. */
  readonly command: string;
  /** What it changes, in half a sentence. */
  readonly description: string;
  /** True when it loses nothing and can be taken back: `doctor --fix` may do it. */
  readonly isSafe: boolean;
  apply?(): Promise<void>;
}

/** One thing that is wrong, or worth knowing (`info`). */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The file, program, client or server it is about. */
  readonly subject: string;
  /** What was seen. */
  readonly message: string;
  /** Why it is so, as far as doctor can tell. */
  readonly cause: string;
  readonly fix?: Fix;
}

export type FindingDetails = Omit<Finding, 'code' | 'severity'> & { readonly severity?: Severity };

/** A finding with the severity of its code unless `details` has another. */
export function finding(code: FindingCode, details: FindingDetails): Finding {
  return { code, ...details, severity: details.severity ?? FINDING_CODES[code].severity };
}
