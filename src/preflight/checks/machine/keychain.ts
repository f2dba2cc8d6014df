import { McpctlError } from '../../../core/errors.ts';
import { parseReferences } from '../../../core/reference.ts';
import { isRemote } from '../../../manifest/entry.ts';
import type { Check } from '../../check.ts';
import type { ConfiguredServer } from '../../configured-server.ts';
import { finding } from '../../finding.ts';

export const keychain: Check = {
  id: 'keychain',
  area: 'machine',
  title: 'Keychain',
  async run({ machine, servers, openKeychain }, signal) {
    const opened = await openKeychain();
    const users = servers.filter(usesKeychain).map(({ name }) => name);
    const stored = await opened.names();
    try {
      await opened.probe(signal);
      return { findings: [], detail: stored.length > 0 ? `${stored.length} of ours` : 'available' };
    } catch (error) {
      if (!(error instanceof McpctlError)) throw error;
      const reason = error.data?.reason;
      const isLocked = reason === 'locked' || reason === 'never-unlocked';
      const isNeeded = users.length > 0 || stored.length > 0;
      return {
        detail: 'not available',
        findings: [
          finding(isLocked ? 'KEYCHAIN_LOCKED' : 'KEYCHAIN_UNAVAILABLE', {
            subject: 'keychain',
            severity: isNeeded ? 'error' : 'info',
            message: error.message,
            cause: isNeeded
              ? `Kept there: ${[...stored, ...users.map((name) => `keys of ${name}`)].join(', ')}.`
              : 'Nothing of yours is kept there; keys can stand in the environment or in .env.',
            fix: {
              command: (error.hint ?? 'mcpctl secret list').split('\n')[0] ?? '',
              description: machine.platform === 'linux' ? 'starts or unlocks it' : 'unlocks it',
              isSafe: false,
            },
          }),
        ],
      };
    }
  },
};

function usesKeychain({ entry }: ConfiguredServer): boolean {
  const values = isRemote(entry)
    ? [entry.url, ...Object.values(entry.headers ?? {})]
    : [...(entry.args ?? []), ...Object.values(entry.env ?? {})];
  return values.some((value) =>
    parseReferences(value).some((segment) => segment.kind === 'scheme' && segment.scheme === 'keychain'),
  );
}
