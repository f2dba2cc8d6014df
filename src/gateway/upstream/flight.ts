import type { RawAnswer } from '../../calls/raw-answer.ts';
import type { McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { UpstreamRequest } from './upstream.ts';

/** What is told during a request, and to whom. */
export type FlightListener = Pick<UpstreamRequest, 'progress' | 'logged' | 'ask'> & {
  /** `notifications/subscriptions/acknowledged` of a request that listens. */
  acknowledged?(params: JsonObject): void;
};

/** A request on its way. */
export interface Flight {
  readonly id: number;
  readonly listener: FlightListener;
  settle(answer: RawAnswer | McpctlError): void;
}
