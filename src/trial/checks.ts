import type { Check } from './check.ts';
import { STATELESS_RESULT_CHECKS } from './checks/cache-hints.ts';
import { CONVERSATION_CHECKS } from './checks/conversation.ts';
import { DESCRIPTION_CHECKS } from './checks/descriptions.ts';
import { ENDING_CHECKS } from './checks/ending.ts';
import { EXAMPLE_CALL_CHECKS } from './checks/example-calls.ts';
import { GREETING_CHECKS } from './checks/greeting.ts';
import { HOSTILE_CHECKS } from './checks/hostile.ts';
import { HTTP_CHECKS } from './checks/http.ts';
import { LIST_CHECKS } from './checks/lists.ts';
import { OVERHEARD_CHECKS } from './checks/overheard.ts';
import { PATH_CHECKS } from './checks/path-escape.ts';
import { HONESTY_CHECKS } from './checks/read-only-honest.ts';
import { REFUSAL_CHECKS } from './checks/refusals.ts';
import { REPLAY_CHECKS } from './checks/replays.ts';
import { SCHEMA_CHECKS } from './checks/schemas.ts';
import { SECURITY_CHECKS } from './checks/security.ts';
import { TOOL_NAME_CHECKS } from './checks/tool-names.ts';

/**
 * Every check of a server alone, in the order they run: what looks at definitions before what may leave a server in a
 * bad state, and last what judges all that was said.
 */
export const CHECKS: readonly Check[] = [
  ...TOOL_NAME_CHECKS,
  ...DESCRIPTION_CHECKS,
  ...SCHEMA_CHECKS,
  ...HONESTY_CHECKS,
  ...EXAMPLE_CALL_CHECKS,
  ...REPLAY_CHECKS,
  ...PATH_CHECKS,
  ...GREETING_CHECKS,
  ...LIST_CHECKS,
  ...REFUSAL_CHECKS,
  ...CONVERSATION_CHECKS,
  ...HOSTILE_CHECKS,
  ...ENDING_CHECKS,
  ...HTTP_CHECKS,
  ...STATELESS_RESULT_CHECKS,
  ...OVERHEARD_CHECKS,
  ...SECURITY_CHECKS,
];
