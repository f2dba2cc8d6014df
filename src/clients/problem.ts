import type { ErrorCode } from '../core/error-codes.ts';

/** What a client would refuse, lose or misread. */
export interface Remark {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

/** A remark about one server of a file, or about the whole file. */
export interface ClientProblem extends Remark {
  readonly server?: string;
}
