/** What routing reads of a tool. */
export interface RoutableTool {
  readonly name: string;
  readonly description: string;
  /** Name and description of each argument. */
  readonly params: readonly (readonly [string, string])[];
  /** Requests in users' words that this tool answers. */
  readonly examples?: readonly string[] | undefined;
}

/** What routing reads of a server. */
export interface RoutableServer {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  /** Empty when nothing is known of them: then the server itself is ranked. */
  readonly tools: readonly RoutableTool[];
}
