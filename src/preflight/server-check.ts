import type { McpctlError } from '../core/errors.ts';
import type { Verified } from '../mcp/verify-server.ts';
import type { ConfiguredServer, Prepared } from './configured-server.ts';
import type { Finding } from './finding.ts';
import type { Situation } from './situation.ts';

/** A line the server said that was no message. */
export interface SaidLine {
  readonly text: string;
  readonly source: 'stderr' | 'stdout';
}

/** What is known about one server so far. */
export interface ServerExam {
  readonly server: ConfiguredServer;
  readonly situation: Situation;
  /** How it starts or is reached, references resolved as far as possible. */
  readonly prepared: Prepared;
  /** Undefined before the server was tried, and when it was not. */
  readonly tried?: Tried;
}

export type Tried =
  | { readonly ok: true; readonly verified: Verified; readonly said: readonly SaidLine[] }
  | { readonly ok: false; readonly error: McpctlError; readonly said: readonly SaidLine[] };

/** One question about a server. One object in one file. */
export interface ServerCheck {
  readonly id: string;
  /** `before` runs without starting the server; when one of these finds an error, it is not started. */
  readonly stage: 'before' | 'after';
  run(exam: ServerExam): Promise<readonly Finding[]>;
}
