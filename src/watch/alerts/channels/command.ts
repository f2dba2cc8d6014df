import type { Channel } from './channel.ts';
import { describeAll } from './description.ts';
import { judgeEnd } from './judge-end.ts';

/** A program of the user; what happened is on its standard input. */
export const command: Channel<'command'> = {
  type: 'command',
  title: 'a program',
  digests: true,
  paceMs: 0,
  pausesMs: [10_000, 60_000, 300_000],
  references: () => ({}),
  compose: (messages, { settings, source }) => {
    const [program = '', ...args] = settings.command;
    return {
      kind: 'run',
      command: program,
      args,
      input: `${JSON.stringify(describeAll(messages, source))}\n`,
    };
  },
  judge: judgeEnd,
};
