import { relative } from 'node:path';
import { unifiedDiff } from '../../cli/diff.ts';
import type { Style } from '../../platform/style.ts';
import type { Documented } from './docs-flow.ts';
import type { FileChange } from './guide-files.ts';

/** What `docs` did, for `--json`. */
export function docsDocument({ servers, text, out, changes, failed }: Documented, isCheck: boolean) {
  return {
    servers: servers.map(({ name, title, version, tools, resources, templates, prompts, examples }) => ({
      name,
      title,
      version,
      tools: tools.map((tool) => tool.name),
      resources: resources.length + templates.length,
      prompts: prompts.length,
      examples: examples.map(({ tool, arguments: given, isError }) => ({ tool, arguments: given, isError })),
    })),
    ...(text !== undefined && { text }),
    ...(out !== undefined && {
      out,
      [isCheck ? 'stale' : 'written']: changes.map(({ path, kind }) => ({ path, kind })),
    }),
    failed: failed.map(({ server, error: { code, message, hint } }) => ({ server, code, message, hint })),
  };
}

/** The page itself, or what became of the files. */
export async function renderDocs(
  { servers, text, out, changes, failed }: Documented,
  { isCheck, style, cwd }: { readonly isCheck: boolean; readonly style: Style; readonly cwd: string },
): Promise<string> {
  if (text !== undefined) return text.replace(/\n$/, '');
  const shown = (path: string): string => relative(cwd, path) || '.';
  const lines: string[] = [];
  if (isCheck && changes.length > 0) lines.push(...(await differences(changes, style, shown)));
  else if (isCheck) lines.push(`${style.green('✓')} ${shown(out ?? '')} says what the server says`);
  else if (changes.length === 0) lines.push(`${style.green('✓')} ${shown(out ?? '')} was up to date`);
  else {
    const calls = servers.reduce((sum, { examples }) => sum + examples.length, 0);
    lines.push(...changes.map(({ path, kind }) => `${style.green('✓')} ${VERBS[kind]} ${shown(path)}`));
    lines.push(
      style.dim(
        `  ${servers.length === 1 ? servers[0]?.name : `${servers.length} servers`}, ${calls} calls made for examples`,
      ),
    );
  }
  lines.push(
    ...failed.map(
      ({ server, error }) =>
        `${style.red('✗')} ${server}: ${error.message} Its guides were left as they are.`,
    ),
  );
  return lines.join('\n');
}

const VERBS = { add: 'wrote', update: 'wrote', remove: 'removed' } as const;

/** Lines of differences shown; more are in the files. */
const MOST_LINES = 60;

async function differences(
  changes: readonly FileChange[],
  style: Style,
  shown: (path: string) => string,
): Promise<string[]> {
  const diffs = await Promise.all(
    changes.map(({ path, before, after }) => unifiedDiff({ path: shown(path), before, after }, style)),
  );
  const lines = diffs.join('\n').split('\n');
  const names = changes.map(({ path }) => shown(path));
  const listed =
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return [
    `${style.red('✗')} ${listed} ${names.length === 1 ? 'does' : 'do'} not say what the server says:`,
    ...lines.slice(0, MOST_LINES),
    ...(lines.length > MOST_LINES ? [style.dim(`… ${lines.length - MOST_LINES} more lines`)] : []),
    'Write it anew: the same command without --check',
  ];
}
