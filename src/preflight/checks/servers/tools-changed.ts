import { driftOf } from '../../../mcp/tool-drift.ts';
import { finding } from '../../finding.ts';
import type { ServerCheck } from '../../server-check.ts';

export const toolsChanged: ServerCheck = {
  id: 'tools-changed',
  stage: 'after',
  async run({ server: { name, lock }, tried }) {
    if (!tried?.ok || !lock?.tools || lock.tools.hash === tried.verified.hash) return [];
    const { added, gone, changed } = driftOf(lock.tools.tools, tried.verified.toolHashes);
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
        cause:
          'The server was updated, its settings changed, or somebody tampered with it. Changed and new tools are withheld.',
        fix: {
          command: `mcpctl approve ${name}`,
          description: 'shows what is different, and locks it when you agree',
          isSafe: false,
        },
      }),
    ];
  },
};
