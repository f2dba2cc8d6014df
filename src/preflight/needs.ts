import { isRemote } from '../manifest/entry.ts';
import type { ConfiguredServer } from './configured-server.ts';

/** Programs a locked source is started with. */
const NEEDED_BY_SOURCE: Readonly<Record<string, readonly string[]>> = {
  pypi: ['uv', 'uvx'],
  oci: ['docker', 'podman'],
};

/** `npx` for `/usr/bin/npx` and `C:\\node\\npx.cmd`. */
export function programName(command: string): string {
  return (command.split(/[\\/]/).at(-1) ?? command).toLowerCase().replace(/\.(exe|cmd|bat|ps1)$/, '');
}

/** Names of the enabled servers that start with one of the programs, by their entry or their locked source. */
export function usersOf(servers: readonly ConfiguredServer[], ...programs: string[]): string[] {
  return servers
    .filter(({ entry, lock }) => {
      if (entry.disabled || isRemote(entry)) return false;
      const needed = lock && NEEDED_BY_SOURCE[lock.source.type];
      if (needed) return needed.some((program) => programs.includes(program));
      // A locked npm server is run by mcpctl's own Node, whatever its entry says.
      if (lock && lock.source.type !== 'command') return false;
      return programs.includes(programName(entry.command));
    })
    .map(({ name }) => name);
}
