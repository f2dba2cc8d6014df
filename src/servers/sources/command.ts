import type { PackageSource } from './source.ts';

export const commandSource: PackageSource<'command'> = {
  type: 'command',
  programs: [],
  async resolve(spec) {
    const { command, args } = spec.wanted;
    return {
      spec,
      source: { type: 'command' },
      scripted: [],
      facts: [`starts ${[command, ...args].join(' ')}; mcpctl cannot pin what a plain command runs`],
      command: (filled) => ({ command, args: [...args, ...filled.args] }),
    };
  },
};
