import { excerpt, textIn } from '../../../mcp/answer-text.ts';
import { recogniseCrash } from '../../crash-causes.ts';
import { finding } from '../../finding.ts';
import type { ServerCheck } from '../../server-check.ts';

export const firstCall: ServerCheck = {
  id: 'first-call',
  stage: 'after',
  async run({ server: { name }, tried }) {
    if (!tried?.ok || !tried.verified.firstCall?.isError) return [];
    const { tool, result } = tried.verified.firstCall;
    const text = textIn(result.content);
    const known = recogniseCrash(text);
    const isRefused = known?.cause.code === 'SERVER_KEY_REFUSED';
    return [
      finding(isRefused ? 'SERVER_KEY_REFUSED' : 'SERVER_FIRST_CALL_FAILED', {
        subject: name,
        message: `${name} starts, but its tool ${tool} fails.`,
        cause: known ? known.cause.cause(known.match) : `It says: ${excerpt(text) || 'nothing'}`,
        fix: { command: `mcpctl call ${name} ${tool}`, description: 'shows the whole answer', isSafe: false },
      }),
    ];
  },
};
