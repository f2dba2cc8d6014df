/**
 * Why an expression has no value. `limit`: it is larger or takes more work than is allowed. `no-output`: it reads the
 * output of a step that has none.
 */
export type FaultKind = 'syntax' | 'missing' | 'no-output' | 'type' | 'limit';

/** Thrown by everything in this folder; whoever runs a pipeline makes an error of it that names the step. */
export class ExpressionFault extends Error {
  readonly kind: FaultKind;
  /** Offset in the expression's text, in UTF-16 units. */
  readonly at: number;

  constructor(kind: FaultKind, message: string, at: number) {
    super(message);
    this.name = 'ExpressionFault';
    this.kind = kind;
    this.at = at;
  }
}
