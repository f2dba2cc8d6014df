import { McpctlError } from '../core/errors.ts';
import type { PolicySettings } from '../settings/call-settings.ts';
import type { Drift, ToolLocks } from './tool-lock/tool-locks.ts';
import { type PatternSubject, toolPatterns } from './tool-pattern.ts';

/** What policy says of a call. */
export interface Verdict {
  readonly isAllowed: boolean;
  /** The rule that decided, for the audit log; absent when no rule spoke. */
  readonly rule?: string;
  readonly code?: 'TOOL_DENIED' | 'REGION_REFUSED';
  /** How the tool differs from what was locked, when that is why. */
  readonly drift?: Drift;
}

/** Which tools may be called. It decides on names and claims only, so that lists can be judged as calls are. */
export interface Policy {
  judge(subject: PatternSubject): Verdict;
  /** Whether judging tools of a server takes their intents. */
  needsIntent(server: string): boolean;
  /** False: every tool of the server is allowed. */
  restricts(server: string): boolean;
  /** Takes note of tools as the server lists them now, or of some; to be told before these are judged. */
  learn(server: string, tools: readonly unknown[]): void;
}

export interface PolicyPorts {
  /** Whether a server is somewhere else than on this machine. */
  isRemote(server: string): boolean;
  /** What was locked; without it no tool counts as changed. */
  readonly locks?: ToolLocks;
  /** Gets what was let through although it differs. */
  warn?(line: string): void;
}

const ALLOWED: Verdict = { isAllowed: true };

/**
 * The rules of the settings, the strictest first: where data may go, what is denied, what is allowed, and of that what
 * is still as it was locked.
 */
export function createPolicy(settings: PolicySettings, ports: PolicyPorts): Policy {
  const { locks } = ports;
  const rules = createRules(settings, ports);
  const changes = judgeChanges(settings, ports);
  const holds = (server: string): boolean => locks?.holds(server) ?? false;
  return {
    judge(subject) {
      const verdict = rules.judge(subject);
      return (verdict.isAllowed && changes(subject)) || verdict;
    },
    needsIntent: (server) => rules.needsIntent(server) || holds(server),
    restricts: (server) => rules.restricts(server) || holds(server),
    learn: (server, tools) => locks?.learn(server, tools),
  };
}

/** The verdict on a tool that is not as it was locked. */
function judgeChanges({ changedTools }: PolicySettings, { locks, warn }: PolicyPorts) {
  const told = new Set<string>();
  return ({ server, tool }: PatternSubject): Verdict | undefined => {
    const drift = locks?.drift(server, tool);
    if (!drift) return undefined;
    const key = JSON.stringify([server, tool, drift]);
    if (!told.has(key)) {
      const what = changedTools === 'warn' ? 'It is passed on all the same' : 'It is withheld';
      warn?.(`${tellDrift({ server, tool }, drift)} ${what}. To accept it: mcpctl approve ${server}`);
    }
    told.add(key);
    return changedTools === 'warn' ? undefined : { ...denied('changedTools'), drift };
  };
}

function tellDrift({ server, tool }: Pick<PatternSubject, 'server' | 'tool'>, drift: Drift): string {
  return drift === 'new'
    ? `${tool} is new: ${server} did not have it when it was locked.`
    : `${tool} of ${server} is not what it was when it was locked.`;
}

function createRules(
  settings: PolicySettings,
  { isRemote }: PolicyPorts,
): Pick<Policy, 'judge' | 'needsIntent' | 'restricts'> {
  const { readOnly, project } = settings;
  const deny = toolPatterns(settings.deny);
  const allows = [settings.allow, project?.allow].flatMap((list) => (list ? toolPatterns(list) : []));
  const isInRegion = regionCheck(settings, isRemote);
  return {
    judge(subject) {
      if (!isInRegion(subject.server)) return denied('regions', 'REGION_REFUSED');
      const denying = deny.match(subject);
      if (denying !== undefined) return denied(`deny ${denying}`);
      if (readOnly && subject.intent !== 'read') return denied('readOnly');
      if (allows.length === 0) return readOnly ? { isAllowed: true, rule: 'readOnly' } : ALLOWED;
      const matches = allows.map((list) => list.match(subject));
      if (matches.includes(undefined)) return denied('allow');
      return { isAllowed: true, rule: `allow ${matches.join(', ')}` };
    },
    needsIntent: (server) => readOnly || [deny, ...allows].some((list) => list.needsIntent(server)),
    restricts: (server) => readOnly || settings.deny.length > 0 || allows.length > 0 || !isInRegion(server),
  };
}

function regionCheck({ regions, project }: PolicySettings, isRemote: PolicyPorts['isRemote']) {
  const rules = [
    { allowed: regions.allowed, servers: regions.servers },
    // A project says where its servers are for its own rule alone: it must not open the user's.
    { allowed: project?.regions?.allowed, servers: { ...project?.regions?.servers, ...regions.servers } },
  ];
  return (server: string): boolean =>
    rules.every(({ allowed, servers }) => {
      if (!allowed || !isRemote(server)) return true;
      const region = Object.hasOwn(servers, server) ? servers[server] : undefined;
      return region !== undefined && allowed.includes(region);
    });
}

function denied(rule: string, code: NonNullable<Verdict['code']> = 'TOOL_DENIED'): Verdict {
  return { isAllowed: false, rule, code };
}

/** Why a call is refused, as its caller hears it. */
export function refusalOf(
  { server, tool, intent }: PatternSubject,
  { rule, code, drift }: Verdict,
): McpctlError {
  const data = { server, tool, sent: false };
  if (code === 'REGION_REFUSED') {
    return new McpctlError(
      'REGION_REFUSED',
      `Calls may not go to ${server}: its region is not allowed, or not known.`,
      { hint: 'See policy.regions in the settings: mcpctl config show', data },
    );
  }
  if (drift) {
    return new McpctlError('TOOL_DENIED', tellDrift({ server, tool }, drift), {
      hint: `Look at it, and accept it if it is as it should be: mcpctl approve ${server}`,
      data: { ...data, drift },
    });
  }
  const why =
    rule === 'readOnly'
      ? `only tools that say they read may be called, and ${tool} ${intent === 'unknown' ? 'does not' : 'says it does not'}`
      : `the rule "${rule}" of policy forbids it`;
  return new McpctlError('TOOL_DENIED', `${tool} of ${server} may not be called: ${why}.`, {
    hint: 'See policy in the settings: mcpctl config show',
    data,
  });
}
