/** What the tests of the protocol call. */
export interface Example {
  readonly env: Readonly<Record<string, string>>;
  readonly call: { readonly name: string; readonly arguments: Record<string, unknown> };
  /** What the answer has to hold. */
  readonly result: Record<string, unknown>;
  /** Arguments that do not fit the schema. */
  readonly wrong: Record<string, unknown>;
  readonly resource?: string;
  close(): Promise<void>;
}
