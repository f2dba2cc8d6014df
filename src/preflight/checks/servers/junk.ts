import { counted } from '../../../core/counted.ts';
import { finding } from '../../finding.ts';
import type { ServerCheck } from '../../server-check.ts';

export const junk: ServerCheck = {
  id: 'junk',
  stage: 'after',
  async run({ server, tried }) {
    if (!tried?.ok || tried.verified.junkLines === 0) return [];
    const line = tried.said.find(({ source }) => source === 'stdout')?.text ?? '';
    return [
      finding('SERVER_PRINTS_TEXT', {
        subject: server.name,
        message: `${server.name} works, but prints ${counted(tried.verified.junkLines, 'line')} of text on stdout: ${line.slice(0, 80)}`,
        cause: 'Clients that read strictly fail on it; mcpctl run keeps such lines away from them.',
        fix: { command: 'mcpctl sync', description: 'lets clients start it through mcpctl', isSafe: false },
      }),
    ];
  },
};
