import { finding } from '../../finding.ts';
import type { ServerCheck } from '../../server-check.ts';

export const toolsChanged: ServerCheck = {
  id: 'tools-changed',
  stage: 'after',
  async run({ server: { name, lock }, tried }) {
    if (!tried?.ok || !lock?.tools || lock.tools.hash === tried.verified.hash) return [];
    const { tools: locked } = lock.tools;
    const { toolHashes: current } = tried.verified;
    const added = Object.keys(current).filter((tool) => locked[tool] === undefined);
    const gone = Object.keys(locked).filter((tool) => current[tool] === undefined);
    const changed = Object.keys(current).filter(
      (tool) => locked[tool] !== undefined && locked[tool] !== current[tool],
    );
    const parts = [
      ['new', added],
      ['gone', gone],
      ['changed', changed],
    ] as const;
    const list = parts
      .filter(([, names]) => names.length > 0)
      .map(([word, names]) => `${word}: ${names.join(', ')}`);
    return [
      finding('SERVER_TOOLS_CHANGED', {
        subject: name,
        message: `The tools of ${name} are not those of the lock (${list.join('; ')}).`,
        cause: 'The server was updated, its settings changed, or somebody tampered with it.',
        fix: {
          command: `mcpctl add ${name} --force`,
          description: 'locks it anew, once you looked at its tools',
          isSafe: false,
        },
      }),
    ];
  },
};
