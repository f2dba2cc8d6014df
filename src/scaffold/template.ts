import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Answers } from './answers.ts';
import { variantOf } from './answers.ts';

/** Texts of a template, layer by layer, the lowest first: path in the project → text. */
export type Layers = readonly ReadonlyMap<string, string>[];

/** Reads what the answers need of the templates, which lie in `root`. */
export async function readTemplate(
  root: string,
  { language, wraps, access, licence }: Pick<Answers, 'language' | 'wraps' | 'access' | 'licence'>,
): Promise<Layers> {
  const names = ['base', ...variantOf(wraps).layers, `access-${access}`];
  const layers = await Promise.all(names.map((name) => readLayer(join(root, language, name))));
  const text = licence === 'UNLICENSED' ? undefined : await readFile(join(root, 'licences', licence), 'utf8');
  return text === undefined ? layers : [...layers, new Map([['LICENSE', text]])];
}

async function readLayer(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.sort().map(async (file): Promise<[string, string]> => {
      const path = relative(folder, file).replaceAll('\\', '/');
      // Such names mean something to npm, git or the linter where the templates lie.
      return [path.replace(/\.template$/, ''), await readFile(file, 'utf8')];
    }),
  );
  return new Map(texts);
}
