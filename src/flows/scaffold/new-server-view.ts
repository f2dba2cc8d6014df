import { relative } from 'node:path';
import { plainLine } from '../../cli/terminal-text.ts';
import { quoted } from '../../core/shell-quote.ts';
import type { Style } from '../../platform/style.ts';
import { environmentOf, type NewServer } from './new-server-flow.ts';

/** What `new-server` did, for `--json`. */
export function newServerDocument(
  { answers, folder, files, done, server, duration, ...rest }: NewServer,
  cwd: string,
) {
  const { name, title, description, language, transport, wraps, access, licence, author, namespace, api } =
    answers;
  return {
    name,
    title,
    description,
    language,
    transport,
    wraps,
    auth: access,
    license: licence,
    author,
    registryName: `${namespace}/${name}`,
    folder,
    files: files.map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text) })),
    ...(api && {
      operations: api.operations.map(({ name: tool, method, path }) => ({
        tool,
        request: `${method} ${path}`,
      })),
      leftOut: api.left,
    }),
    done,
    server,
    next: nextCommands({ answers, folder, done, server, ...rest }, cwd),
    duration,
  };
}

/** The receipt for people; without steps done, the list of files. */
export function renderNewServer(made: NewServer, style: Style, cwd: string): string {
  const { answers, folder, files, done, duration } = made;
  const total = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (done.length === 0) {
    const lines = files.map(({ path, text }) => `${String(Buffer.byteLength(text)).padStart(8)}  ${path}`);
    return [
      `${folder} would hold ${files.length} files, ${total} bytes:`,
      ...lines,
      ...toolLines(made),
      '',
      'Nothing was done (--dry-run).',
    ].join('\n');
  }
  const steps = {
    written: `${files.length} files`,
    git: 'git repository',
    installed: 'installed',
    tested: 'built and tested',
    added: `added as ${made.server}`,
  };
  return [
    `${style.green('✓')} ${style.bold(answers.name)} ${style.dim(folder)}`,
    `  ${done.map((step) => steps[step]).join(', ')}; ${(duration / 1000).toFixed(1)} s`,
    ...toolLines(made),
    ...(answers.namespace === 'io.github.example'
      ? [
          style.dim(
            '  its registry name begins with io.github.example: change that before you publish (--namespace)',
          ),
        ]
      : []),
    'next:',
    ...nextCommands(made, cwd).map((command) => `  ${command}`),
  ].join('\n');
}

function toolLines({ answers }: NewServer): string[] {
  const { api } = answers;
  if (!api) return [];
  const shown = api.operations.slice(0, 40);
  const lines = shown.map(({ name, method, path }) => plainLine(`  ${name}  ${method} ${path}`));
  const more = api.operations.length - shown.length;
  return ['', `${api.operations.length} tools:`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

type Next = Pick<NewServer, 'answers' | 'folder' | 'done' | 'server' | 'firstCall' | 'byHand'>;

/** The three commands that lead on from here. */
function nextCommands({ answers, folder, done, server, firstCall, byHand }: Next, cwd: string): string[] {
  const path = quoted(`./${relative(cwd, folder).replaceAll('\\', '/')}`.replace(/^\.\/\.\.\//, '../'));
  const words = [
    ...(answers.transport === 'http' ? ['--arg=--stdio'] : []),
    ...environmentOf(answers, () => true).flatMap((one) => ['-e', quoted(one)]),
  ];
  const call =
    firstCall.length > 0
      ? `mcpctl call ${server} ${firstCall.map(quoted).join(' ')}`
      : `mcpctl tools ${server}`;
  const all = [
    ...(done.includes('tested') ? [] : [byHand(path)]),
    ...(done.includes('added') ? [] : [['mcpctl add', path, ...words].join(' ')]),
    call,
    'claude mcp list',
    `mcpctl tools ${server}`,
  ];
  return [...new Set(all)].slice(0, 3);
}
