import type { Check } from '../../check.ts';
import { finding } from '../../finding.ts';
import type { Machine } from '../../machine.ts';

const FLOOR = 256;

export const openFiles: Check = {
  id: 'open-files',
  area: 'machine',
  title: 'Open files',
  async run({ machine }) {
    const limit = await softLimit(machine);
    if (limit === undefined) return { findings: [], detail: 'no limit known' };
    if (limit >= FLOOR) return { findings: [], detail: `up to ${limit}` };
    return {
      detail: `up to ${limit}`,
      findings: [
        finding('OPEN_FILES_LOW', {
          subject: 'open files',
          message: `A process may open ${limit} files at once; mcpctl with ten servers needs about ${FLOOR}.`,
          cause: 'The shell or the service manager lowered the limit.',
          fix: { command: 'ulimit -n 4096', description: 'raises it for this shell', isSafe: false },
        }),
      ],
    };
  },
};

async function softLimit({ platform, files, execute }: Machine): Promise<number | undefined> {
  if (platform === 'win32') return undefined;
  if (platform === 'linux') {
    // Node raises its soft limit to the hard one when it starts, so this is what really binds.
    const text = (await files.read('/proc/self/limits')) ?? '';
    const match = /^Max open files\s+(\d+)/m.exec(text);
    return match ? Number(match[1]) : undefined;
  }
  const { stdout } = await execute('/bin/sh', ['-c', 'ulimit -n']);
  return /^\d+/.test(stdout) ? Number.parseInt(stdout, 10) : undefined;
}
