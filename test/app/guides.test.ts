import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/app/manifest.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const COMMON = ['--help', '--version', '--json', '--quiet', '-q', '--verbose', '--no-color'];

/** Flags of each command, as its page of reference has them; that page is printed from the definitions. */
async function flagsOfCommands(): Promise<Map<string, Set<string>>> {
  const page = await readFile(join(ROOT, 'docs/reference/commands.md'), 'utf8');
  const sections = page.split(/^### mcpctl /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [name = ''] = section.split('\n');
      const flags = [...section.matchAll(/^\| `([^`]+)` \|/gm)].flatMap(
        ([, text = '']) => text.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? [],
      );
      return [name.trim(), new Set([...flags, ...COMMON])];
    }),
  );
}

interface Mention {
  readonly page: string;
  readonly line: string;
}

/** Every command line of the README and the guides, from blocks and from code within lines. */
async function mentions(): Promise<Mention[]> {
  const guides = (await readdir(join(ROOT, 'docs/guides'))).filter((name) => name.endsWith('.md'));
  const pages = ['README.md', ...guides.map((name) => `docs/guides/${name}`)];
  const found = await Promise.all(
    pages.map(async (page) => {
      const text = await readFile(join(ROOT, page), 'utf8');
      const fenced = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
      const blocks = fenced.flatMap(([, language = '', block = '']) =>
        ['', 'sh', 'text'].includes(language) ? [block] : [],
      );
      const inline = [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)].map(
        ([, code = '']) => code,
      );
      const lines = [...blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n')), ...inline];
      return lines.flatMap((line) =>
        // What follows a comment, a pipe or `--` belongs to others.
        [...line.matchAll(/(?:^|[;&|(] *)mcpctl ([a-z][^;&|#]*)/g)].map(([, words = '']) => ({
          page,
          line: (words.split(/ -- /)[0] ?? '').trim(),
        })),
      );
    }),
  );
  return found.flat();
}

test('every command and flag of the README and the guides exists', async () => {
  const known = await flagsOfCommands();
  const all = await mentions();
  const wrong = all.flatMap(({ page, line }) => {
    const words = line.split(/\s+/);
    const [first = '', second = ''] = words;
    const alias = COMMANDS.find((command) => command.alias === first)?.name;
    const flags = known.get(`${first} ${second}`) ?? known.get(alias ?? first);
    const isGroup = COMMANDS.some(({ name }) => name.startsWith(`${first} `));
    if (!flags) return isGroup && words.length === 1 ? [] : [`${page}: mcpctl ${line}`];
    const used = words
      .filter((word) => /^--?[a-z]/.test(word))
      .map((word) => word.replace(/[=`'".,:)].*$/s, ''));
    return used.filter((flag) => !flags.has(flag)).map((flag) => `${page}: mcpctl ${line} has no ${flag}`);
  });

  expect(all.length).toBeGreaterThan(150);
  expect(wrong).toEqual([]);
});
