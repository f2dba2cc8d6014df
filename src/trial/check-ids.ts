import type { Area, CheckFacts } from './codes/check-facts.ts';
import { CONFORMANCE_CHECKS, EXAMPLE_CHECKS, LOAD_CHECKS } from './codes/further.ts';
import { PROTOCOL_CHECKS } from './codes/protocol.ts';
import { SCHEMA_CHECKS } from './codes/schema.ts';
import { SECURITY_CHECKS } from './codes/security.ts';

/** The checks of each area, in the order of the report; the reference page is printed from these tables. */
export const CHECKS_BY_AREA = {
  protocol: PROTOCOL_CHECKS,
  schema: SCHEMA_CHECKS,
  examples: EXAMPLE_CHECKS,
  security: SECURITY_CHECKS,
  load: LOAD_CHECKS,
  conformance: CONFORMANCE_CHECKS,
} as const satisfies Record<Area, Record<string, CheckFacts>>;

const CHECKS = {
  ...PROTOCOL_CHECKS,
  ...SCHEMA_CHECKS,
  ...EXAMPLE_CHECKS,
  ...SECURITY_CHECKS,
  ...LOAD_CHECKS,
  ...CONFORMANCE_CHECKS,
} as const;

/** Names a check for good: in `--only`, reports and expectations of other programs. */
export type CheckId = keyof typeof CHECKS;

export const CHECK_IDS = Object.keys(CHECKS) as readonly CheckId[];

export function factsOf(id: CheckId): CheckFacts {
  return CHECKS[id];
}

export function areaOf(id: CheckId): Area {
  const found = Object.entries(CHECKS_BY_AREA).find(([, checks]) => id in checks);
  return (found?.[0] ?? 'protocol') as Area;
}
