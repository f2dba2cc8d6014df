import { isRecord } from '../../../core/json.ts';
import { recogniseCrash } from '../../crash-causes.ts';
import { finding } from '../../finding.ts';
import type { ServerCheck } from '../../server-check.ts';

export const firstCall: ServerCheck = {
  id: 'first-call',
  stage: 'after',
  async run({ server: { name }, tried }) {
    if (!tried?.ok || !tried.verified.firstCall?.isError) return [];
    const { tool, result } = tried.verified.firstCall;
    const text = textOf(result.content);
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

/** On one line, cut where it is long. */
function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join(' ');
}
