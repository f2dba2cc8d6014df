import { sameEntry } from '../../../clients/entry.ts';
import { partsOfManaged } from '../../../clients/managed.ts';
import { decodeStrictly } from '../../../clients/ownership.ts';
import type { ClientCheck } from '../../client-check.ts';
import { type Finding, finding } from '../../finding.ts';

/** The same name in the user's and the project's file, starting different things. */
export const duplicates: ClientCheck = {
  id: 'duplicates',
  async run({ client, files }) {
    const seen = new Map<string, { path: string; entry: NonNullable<ReturnType<typeof decodeStrictly>> }>();
    const found: Finding[] = [];
    for (const { section, plan } of files) {
      for (const [name, value] of section?.entries ?? []) {
        const entry = decodeStrictly(plan.file.shape, value);
        if (!entry) continue;
        const other = seen.get(name);
        seen.set(name, { path: plan.file.path, entry });
        const isOurs =
          partsOfManaged(entry)?.server === name && other && partsOfManaged(other.entry)?.server === name;
        if (!other || isOurs || sameEntry(entry, other.entry)) continue;
        found.push(
          finding('CLIENT_NAME_TWICE', {
            subject: `${client.id} ${name}`,
            message: `${client.title} has two servers called ${name}: in ${other.path} and in ${plan.file.path}.`,
            cause: "The project's entry wins, or both are mixed; the other one is never started.",
            fix: { command: `mcpctl remove ${name}`, description: 'takes one of them away', isSafe: false },
          }),
        );
      }
    }
    return found;
  },
};
