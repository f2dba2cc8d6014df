import { mebibytes, percent } from './judge-servers.ts';
import { clear, type DueSecret, type RuleView, type Verdict, when } from './rule.ts';

/** What the rules about secrets and about all servers together judge by; each is in the table of rules. */

export function isDue({ endsAt, tellFrom }: DueSecret, { now, limits }: RuleView): Verdict {
  const at = Date.parse(now.at);
  const from = Math.max(tellFrom, endsAt - limits.secretDueDays * DAY_MS);
  return when(
    at >= from,
    () => `${at >= endsAt ? 'It ended' : 'It ends'} on ${new Date(endsAt).toISOString().slice(0, 10)}.`,
  );
}

export function cannotRecord({ history }: RuleView): Verdict {
  const grown = history.increaseOf(({ auditFailures }) => auditFailures, 300_000);
  if (grown.by > 0) return { holds: true, detail: `${grown.by} in five minutes.` };
  return clear(grown);
}

export function signInsFail({ history, limits }: RuleView): Verdict {
  const failed = history.increaseOf(({ signIns }) => signIns?.failed, 900_000);
  const succeeded = history.increaseOf(({ signIns }) => signIns?.succeeded, 900_000);
  const all = failed.by + succeeded.by;
  const ratio = all === 0 ? 0 : failed.by / all;
  if (ratio > limits.signInFailureRatio) {
    return { holds: true, detail: `${failed.by} of ${all} in 15 minutes, which is ${percent(ratio)}.` };
  }
  return clear(failed);
}

export function usesMuch({ now, limits }: RuleView): Verdict {
  const total = now.servers.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0);
  return when(total > limits.totalMemoryBytes, () => {
    return `They use ${mebibytes(total)}; the limit is ${mebibytes(limits.totalMemoryBytes)}.`;
  });
}

const DAY_MS = 86_400_000;
