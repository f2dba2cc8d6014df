import type { PolicySettings } from './call-settings.ts';

/** A project's policy as its file has it. */
export interface ProjectPolicy {
  readonly readOnly?: boolean;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly changedTools?: PolicySettings['changedTools'];
  readonly regions?: Partial<PolicySettings['regions']>;
}

/**
 * The user's policy with what a project forbids besides: its read-only mode, its denials and that it withholds
 * changed tools count, and what it allows is asked for as well. Nothing in it can allow what the user does not. `changed` is what came of it.
 */
export function narrowPolicy(
  policy: PolicySettings,
  own: ProjectPolicy,
): { readonly narrowed: PolicySettings; readonly changed: Partial<PolicySettings> } {
  const { allow, regions, deny = [] } = own;
  const project: PolicySettings['project'] = {
    ...(allow && { allow }),
    ...(regions?.allowed && { regions: { allowed: regions.allowed, servers: regions.servers ?? {} } }),
  };
  const changed: Partial<PolicySettings> = {
    ...(own.readOnly === true && { readOnly: true }),
    ...(own.changedTools === 'withhold' && { changedTools: 'withhold' }),
    ...(deny.length > 0 && { deny: [...new Set([...policy.deny, ...deny])] }),
    ...(Object.keys(project).length > 0 && { project }),
  };
  return { narrowed: { ...policy, ...changed }, changed };
}
