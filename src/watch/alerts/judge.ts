import type { AlertSettings } from '../../settings/alert-settings.ts';
import { ALL, alertKey } from './alert.ts';
import type { AlertRule, RuleView, Verdict } from './rule.ts';
import { RULES } from './rules.ts';

/** What a rule says about one subject. */
export interface Judged {
  readonly key: string;
  readonly rule: AlertRule;
  readonly subject: string;
  readonly verdict: Verdict;
}

/** What every rule that is on says about everything it is about. */
export function judgeAll(view: RuleView, settings: AlertSettings): Judged[] {
  return RULES.filter((rule) => isOn(rule, settings)).flatMap((rule) =>
    verdictsOf(rule, view).map(([subject, verdict]) => ({
      key: alertKey(rule.name, subject, settings.tenant),
      rule,
      subject,
      verdict,
    })),
  );
}

export function isOn({ name, isOn }: AlertRule, { rules }: AlertSettings): boolean {
  return rules[name]?.enabled ?? isOn;
}

function verdictsOf(rule: AlertRule, view: RuleView): [subject: string, verdict: Verdict][] {
  if (rule.subject === 'machine') return [[ALL, rule.judge(view)]];
  if (rule.subject === 'secret') return view.due.map((secret) => [secret.name, rule.judge(secret, view)]);
  return view.now.servers.map((server) => [server.name, rule.judge(server, view)]);
}
