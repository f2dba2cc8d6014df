/**
 * A place in the stack; `layers/` has a file for each but `route`, which is the business of
 * the hub, and those of attempts, which are those of calls at another place.
 */
export interface LayerPlace {
  readonly name: string;
  readonly does: string;
  /** Why it stands where it stands. */
  readonly because: string;
}

/** The layers of a tool call, outermost first. The one place that says so: the stack is built from it. */
export const LAYER_ORDER = [
  {
    name: 'audit',
    does: 'records the call, and what became of it',
    because: 'calls that any other layer refuses or answers are in the log too',
  },
  {
    name: 'trace',
    does: 'tells a collector of the call, where the settings name one',
    because: 'its span is as long as the client waits, whichever layer answers',
  },
  {
    name: 'metrics',
    does: 'counts the call and measures how long it took',
    because: 'what is counted is what the client saw, refusals and cached answers among it',
  },
  {
    name: 'route',
    does: 'finds the server and the tool the client means',
    because: 'everything after it judges the real names; nothing after it renames a call',
  },
  {
    name: 'policy',
    does: 'refuses what is not allowed',
    because:
      'a refused call must not be answered from a cache, take a place in a limit, or go to another server',
  },
  {
    name: 'fallback',
    does: 'asks a declared equivalent when a server cannot answer a read',
    because:
      'it begins only when every attempt at the server has failed; the equivalent passes all layers itself',
  },
  {
    name: 'cache',
    does: 'answers reads it may answer from what it kept',
    because: 'an answer that is kept costs no attempt, no place in a limit and no call of the server',
  },
  {
    name: 'retry',
    does: 'calls again where that is safe',
    because: 'each attempt has to be let through by all that stands after it',
  },
  {
    name: 'rate limit',
    does: 'keeps calls under the number a server may get',
    because: 'every attempt is a call of the server and counts',
  },
  {
    name: 'breaker',
    does: 'leaves a server alone that keeps failing',
    because: 'a call that does not reach the server must not wait for its turn',
  },
  {
    name: 'bulkhead',
    does: 'keeps the number of calls a server works on at once',
    because: 'the time a call waits for its turn is not time of the server',
  },
  {
    name: 'timeout',
    does: 'gives up a server that is silent for too long',
    because: 'it minds the server alone, none of our own pauses',
  },
  {
    name: 'attempts',
    does: 'measures how long the server took',
    because: 'nothing of ours is in that time, and each attempt has a time of its own',
  },
  {
    name: 'attempt spans',
    does: 'tells a collector of each attempt, and gives the server its span as a parent',
    because: 'what a server does belongs to the attempt that asked for it',
  },
] as const satisfies readonly LayerPlace[];

export type LayerName = (typeof LAYER_ORDER)[number]['name'];
