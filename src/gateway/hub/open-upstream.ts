import type { Upstream, UpstreamEvents } from '../upstream/upstream.ts';
import type { Seat } from './seat.ts';
import type { ServerHere } from './servers-here.ts';

/** Begins a conversation with a server: starts its program, or reaches its URL, and agrees on an era. */
export type OpenUpstream = (request: OpenRequest) => Promise<Upstream>;

export interface OpenRequest {
  readonly here: ServerHere;
  readonly seat: Seat;
  readonly events: UpstreamEvents;
  readonly signal: AbortSignal;
}
