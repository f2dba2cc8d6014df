import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toIndexRow } from '../../../src/catalog/index-row.ts';
import type { CatalogEntry } from '../../../src/catalog/schema.ts';

/** Every generated file: path from the project's root → content as it should be. */
export async function referenceFiles(root: string): Promise<Map<string, string>> {
  const entries = await readEntries(join(root, 'src', 'catalog', 'entries'));
  return new Map([['src/catalog/index.json', catalogIndex(entries)]]);
}

async function readEntries(folder: string): Promise<CatalogEntry[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as CatalogEntry),
  );
}

/** One row a line, so that a change of one entry changes one line. */
function catalogIndex(entries: readonly CatalogEntry[]): string {
  return `[\n${entries.map((entry) => `  ${JSON.stringify(toIndexRow(entry))}`).join(',\n')}\n]\n`;
}
