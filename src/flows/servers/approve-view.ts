import { plainLine } from '../../cli/terminal-text.ts';
import { withHiddenShown } from '../../core/hidden-characters.ts';
import { isRecord } from '../../core/json.ts';
import { properties } from '../../mcp/tool-arguments.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { ApprovedServer } from './approved-server.ts';

/**
 * What is different, each new definition in full: the lock has hashes only, so there is no old text to compare with.
 * Characters nobody would see are written out.
 */
export function renderDrift({ server, changed, added, gone, hidden }: ApprovedServer, width: number): string {
  const warnings = new Map(hidden.map(({ tool, what }) => [tool, what.join(', ')]));
  const show = (word: string) => (tool: Tool) => renderTool(word, tool, warnings.get(tool.name), width);
  return [
    `${server}: ${countOf(changed, 'changed')}, ${countOf(added, 'new')}, ${countOf(gone, 'gone')}`,
    ...changed.flatMap(show('changed')),
    ...added.flatMap(show('new')),
    ...gone.map((name) => `  gone     ${clear(name)}`),
  ].join('\n');
}

const INDENT = ' '.repeat(11);

function renderTool(word: string, tool: Tool, warning: string | undefined, width: number): string[] {
  const lines = [`  ${word.padEnd(8)} ${clear(tool.name)}`];
  const more = (text: string): void => {
    for (const line of wrap(clear(text), Math.max(width - INDENT.length, 30))) lines.push(`${INDENT}${line}`);
  };
  if (warning !== undefined) more(`! It hides something: ${warning}. They are written out below.`);
  if (tool.title !== undefined) more(`title: ${tool.title}`);
  more(String(tool.description ?? '(no description)'));
  const required = Array.isArray(tool.inputSchema.required) ? tool.inputSchema.required : [];
  for (const [name, schema] of Object.entries(properties(tool.inputSchema))) {
    const text = isRecord(schema) && schema.description !== undefined ? `: ${schema.description}` : '';
    more(`- ${name}${required.includes(name) ? '' : '?'}${text}`);
  }
  if (isRecord(tool.annotations)) more(`says of itself: ${JSON.stringify(tool.annotations)}`);
  return lines;
}

function countOf(list: readonly unknown[], word: string): string {
  return `${list.length} ${word}`;
}

function clear(text: string): string {
  return plainLine(withHiddenShown(text.replaceAll(/\s+/g, ' ')));
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export function renderApproved({ server, outcome, error }: ApprovedServer): string {
  switch (outcome) {
    case 'approved':
      return `${server}: its tools are locked as they are now.`;
    case 'unchanged':
      return `${server}: its tools are as they were locked.`;
    case 'unlocked':
      return `${server} is not locked: nothing of it is withheld.`;
    case 'pending':
      return `${server}: nothing was locked (--dry-run).`;
    case 'failed':
      return `${server}: ${error?.code} ${error?.message}`;
  }
}
