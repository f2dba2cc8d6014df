import type { AuthInfo } from '@modelcontextprotocol/server';

/** Decides who may use the HTTP endpoint. */
export interface Gate {
  /** Answers requests for documents that say how to sign in. */
  metadata(request: Request): Response | undefined;
  /** The caller, undefined where callers stay unknown, or the refusal to send. */
  admit(request: Request): Promise<AuthInfo | Response | undefined>;
}
