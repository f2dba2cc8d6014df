/** A running front of the server. */
export interface Serving {
  /** Settles when nobody can call any more, e.g. because the client closed the pipe. */
  readonly ended: Promise<void>;
  /** Stops taking calls; settles when those in flight are answered or given up. */
  close(): Promise<void>;
}
