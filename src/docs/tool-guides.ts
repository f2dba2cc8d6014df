import { createHash } from 'node:crypto';
import { type Block, heading, paragraph, prose, type Text, table } from './blocks.ts';
import { renderMarkdown } from './markdown.ts';
import type { ServerDescription } from './server-description.ts';
import { firstSentence, introduction } from './server-page.ts';
import { effectWord, titleOf, toolBlocks } from './tool-blocks.ts';

export interface GuideFile {
  /** Relative to the folder of all guides, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** First line of every guide: a file that begins with it is ours to replace and to remove. */
export const GUIDE_MARK = '<!-- Made by mcpctl docs: changes here are lost. -->';

/** A page for each tool of a server, and one that lists them. */
export function guidesOf(server: ServerDescription): GuideFile[] {
  const { name, tools, examples } = server;
  const files = fileNames(tools.map((tool) => tool.name));
  const pages = tools.map((tool, index): GuideFile => {
    const own = examples.filter((example) => example.tool === tool.name);
    const blocks = toolBlocks(tool, { server: name, examples: own, level: 1, id: 'tool' });
    return { path: `${name}/${files[index]}.md`, text: guide(blocks) };
  });
  const rows = tools.map((tool, index): Text[] => [
    [{ code: tool.name }],
    [effectWord(tool)],
    [titleOf(tool) ?? firstSentence(tool.description)],
    [{ code: `${files[index]}.md` }],
  ]);
  const overview = [
    ...introduction(server),
    ...(rows.length > 0 ? [heading(2, 'tools', 'Tools')] : []),
    ...table('Tools', ['tool', 'effect', '', 'guide'], rows),
  ];
  return [{ path: `${name}/README.md`, text: guide(overview) }, ...pages];
}

/** The page that lists all servers. */
export function indexGuide(servers: readonly ServerDescription[]): GuideFile {
  const rows = servers.map((server): Text[] => [
    [{ code: server.name }],
    [server.title],
    [String(server.tools.length)],
    [{ code: `${server.name}/README.md` }],
  ]);
  const blocks: Block[] = [
    heading(1, 'servers', 'MCP servers'),
    paragraph('A guide for each tool, from what the servers themselves say.'),
    ...prose(rows.length === 0 ? 'There are none.' : undefined),
    ...table('Servers', ['server', '', 'tools', 'guide'], rows),
  ];
  return { path: 'README.md', text: guide(blocks) };
}

function guide(blocks: readonly Block[]): string {
  return `${GUIDE_MARK}\n\n${renderMarkdown(blocks)}`;
}

/** Names Windows keeps for devices. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|readme)(?:\.|$)/i;

/** A file name for each tool that works on every system, where case may not count; no two the same. */
function fileNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name
      .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
      .replaceAll(/^[.-]+|\.+$/g, '')
      .slice(0, 80);
    const isPlain = plain === name && !RESERVED.test(plain) && !taken.has(plain.toLowerCase());
    const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
    const file = isPlain ? plain : `${RESERVED.test(plain) || plain === '' ? 'tool' : plain}-${digest}`;
    taken.add(file.toLowerCase());
    return file;
  });
}
