import { canReinstall } from '../../../servers/reinstall.ts';
import { type Finding, finding } from '../../finding.ts';
import type { ServerCheck } from '../../server-check.ts';

export const locked: ServerCheck = {
  id: 'locked',
  stage: 'before',
  async run({ server: { name, lock }, prepared: { lockState, failures }, situation: { reinstall } }) {
    const fix = (command: string, description: string) => ({ command, description, isSafe: false });
    const again = (command: string, description: string) => {
      if (!reinstall || !lock || !canReinstall(lock)) return fix(command, description);
      return { ...fix(command, description), isSafe: true, apply: () => reinstall(name, lock) };
    };
    const found: Record<typeof lockState, Finding[]> = {
      matches: [],
      unlocked: [
        finding('SERVER_NOT_LOCKED', {
          subject: name,
          message: `${name} is not locked: it starts whatever its entry finds today.`,
          cause: 'The entry was written by hand.',
          fix: fix(`mcpctl add ${name}`, 'installs and locks the server, where the catalog has it'),
        }),
      ],
      differs: [
        finding('LOCK_DIFFERS', {
          subject: name,
          message: `The entry of ${name} starts something else than the lock has (${lock ? sourceName(lock.source) : ''}).`,
          cause: 'The entry was changed by hand, or the lock was not committed with it.',
          fix: fix(`mcpctl add ${name}`, 'locks what the entry says'),
        }),
      ],
      'not-installed': [
        finding('SERVER_NOT_INSTALLED', {
          subject: name,
          message: `${name} is locked, but not installed on this machine.`,
          cause: 'The manifest came from another machine, or the data folder was emptied.',
          fix: again('mcpctl sync', 'installs the locked version'),
        }),
      ],
      changed: [
        finding('SERVER_FILES_CHANGED', {
          subject: name,
          message: failures[0]?.message ?? `The installed files of ${name} are not those of the lock.`,
          cause: 'A file was edited or damaged after the installation, or replaced by somebody.',
          fix: again(`mcpctl add ${name} --force`, 'installs it again'),
        }),
      ],
    };
    return found[lockState];
  },
};

function sourceName(source: { type: string; package?: string; version?: string; url?: string }): string {
  return source.package === undefined
    ? (source.url ?? source.type)
    : `${source.package}@${source.version ?? ''}`;
}
