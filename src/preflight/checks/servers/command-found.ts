import { findOnPath } from '../../executables.ts';
import { finding } from '../../finding.ts';
import { programName } from '../../needs.ts';
import type { ServerCheck } from '../../server-check.ts';

/** The machine's own checks speak about these, with the command that installs them. */
const KNOWN = new Set(['npx', 'uv', 'uvx', 'docker', 'podman']);

export const commandFound: ServerCheck = {
  id: 'command-found',
  stage: 'before',
  async run({ server: { name, manifest }, situation: { machine }, prepared: { target } }) {
    if (target?.kind !== 'stdio') return [];
    const { command } = target;
    const isPath = /[\\/]/.test(command);
    const found = isPath ? await machine.files.stat(command) : await findOnPath(command, machine);
    if (found === undefined) {
      return [
        finding('COMMAND_NOT_FOUND', {
          subject: name,
          message: isPath
            ? `${command} does not exist.`
            : `There is no program ${JSON.stringify(command)} on PATH.`,
          cause: `The entry of ${name} in ${manifest} starts with it.`,
          fix: {
            command: KNOWN.has(programName(command)) ? 'mcpctl doctor --only machine' : `mcpctl info ${name}`,
            description: KNOWN.has(programName(command))
              ? 'names the command that installs it'
              : 'shows what the server needs',
            isSafe: false,
          },
        }),
      ];
    }
    if (!isPath || machine.platform === 'win32' || (await machine.files.isExecutable(command))) return [];
    return [
      finding('COMMAND_NOT_EXECUTABLE', {
        subject: name,
        message: `${command} is not executable.`,
        cause: 'It lost its permission when it was copied or unpacked.',
        fix: {
          command: `chmod u+x ${command}`,
          description: 'lets you execute it',
          isSafe: false,
        },
      }),
    ];
  },
};
