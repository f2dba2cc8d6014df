import { quoted } from '../../../core/shell-quote.ts';
import type { Check } from '../../check.ts';
import { finding } from '../../finding.ts';

export const temporaryFolder: Check = {
  id: 'temporary-folder',
  area: 'machine',
  title: 'Temporary files',
  async run({ machine }) {
    const { temporaryFolder: path, files, platform } = machine;
    const facts = await files.stat(path);
    const isWritable =
      facts?.kind === 'folder' &&
      (platform === 'win32' || (facts.mode & 0o222) !== 0) &&
      (await files.isWritable(path));
    if (isWritable) return { findings: [], detail: path };
    return {
      findings: [
        finding('TEMPORARY_FOLDER_UNUSABLE', {
          subject: path,
          message: facts ? `Nothing can be written in ${path}.` : `${path} does not exist.`,
          cause: 'TMPDIR (TEMP on Windows) points there, or the system folder is damaged.',
          fix: facts
            ? { command: 'unset TMPDIR', description: 'goes back to the folder of the system', isSafe: false }
            : {
                command: `mkdir -p ${quoted(path)}`,
                description: 'creates the folder',
                isSafe: true,
                apply: () => files.createFolder(path, 0o700),
              },
        }),
      ],
    };
  },
};
