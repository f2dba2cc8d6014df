import type { ServerCheck } from '../server-check.ts';
import { commandFound } from './servers/command-found.ts';
import { firstCall } from './servers/first-call.ts';
import { junk } from './servers/junk.ts';
import { keys } from './servers/keys.ts';
import { locked } from './servers/locked.ts';
import { nodeFloor } from './servers/node-floor.ts';
import { reachable } from './servers/reachable.ts';
import { starts } from './servers/starts.ts';
import { toolsChanged } from './servers/tools-changed.ts';

/** All checks of a server, in the order they run. */
export const SERVER_CHECKS: readonly ServerCheck[] = [
  locked,
  keys,
  commandFound,
  nodeFloor,
  starts,
  reachable,
  junk,
  toolsChanged,
  firstCall,
];
