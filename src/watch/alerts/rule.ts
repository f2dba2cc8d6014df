import type { AlertLimits, AlertRuleName, Severity } from '../../settings/alert-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import type { WatchSettings } from '../../settings/watch-settings.ts';
import type { Observation, ObservedServer } from '../observation.ts';
import type { History, Increase } from './history.ts';

/** Those of alerts, and of memory as the watcher has them. */
export type RuleLimits = AlertLimits & Pick<WatchSettings, 'serverMemoryBytes' | 'totalMemoryBytes'>;

export function ruleLimits({ alerts, watch }: Pick<Settings, 'alerts' | 'watch'>): RuleLimits {
  const { serverMemoryBytes, totalMemoryBytes } = watch;
  return { ...alerts.limits, serverMemoryBytes, totalMemoryBytes };
}

/** What a rule looks at. */
export interface RuleView {
  readonly now: Observation;
  readonly history: History;
  readonly limits: RuleLimits;
  /** Keys and sign-ins that end at a known time. */
  readonly due: readonly DueSecret[];
}

export interface DueSecret {
  /** Name of the secret, or of the server that is signed in to. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  /** From when on it is to be told, at the latest; milliseconds since 1970. */
  readonly tellFrom: number;
}

/**
 * True with what there is to say; undefined where it is not true as far as can be told: what began before `since`
 * (milliseconds since 1970), when nobody looked yet, stays as it is.
 */
export type Verdict =
  | { readonly holds: true; readonly detail: string }
  | { readonly holds: false }
  | { readonly holds: undefined; readonly since: number };

interface AnyRule {
  readonly name: AlertRuleName;
  readonly severity: Severity;
  /** How long it has to be true. */
  readonly forSeconds: number;
  /** False: off unless the settings switch it on. */
  readonly isOn: boolean;
  /** What is the matter; `{subject}` is the server, or the secret. */
  readonly summary: string;
  /** What to do; with `{subject}`. */
  readonly runbook: string;
  /**
   * The same for Prometheus: an expression that has series as long as it is true, each with the label `mcpctl_server`
   * where the rule is about servers. Absent where only the watcher knows.
   */
  promql?(limits: RuleLimits): string;
}

/** `subject` tells what there is an alert of its own for: each server, each secret, or the machine. */
export type AlertRule = AnyRule &
  (
    | { readonly subject: 'server'; judge(server: ObservedServer, view: RuleView): Verdict }
    | { readonly subject: 'secret'; judge(secret: DueSecret, view: RuleView): Verdict }
    | { readonly subject: 'machine'; judge(view: RuleView): Verdict }
  );

export const CLEAR: Verdict = { holds: false };

/** Clear, as far as somebody looked. */
export function clear({ isWhole, since }: Pick<Increase, 'isWhole' | 'since'>): Verdict {
  return isWhole ? CLEAR : { holds: undefined, since };
}

/** True with its detail, or clear. */
export function when(isTrue: boolean, detail: () => string): Verdict {
  return isTrue ? { holds: true, detail: detail() } : CLEAR;
}
