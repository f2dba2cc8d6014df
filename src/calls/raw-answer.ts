/** A server's response to one request, unparsed. */
export interface RawAnswer {
  /** One line; its id is that of the request as the server got it. */
  readonly line: Buffer;
  /** It is a JSON-RPC error. A tool's own `isError` is a result. */
  readonly isError: boolean;
}
