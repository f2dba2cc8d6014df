import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toIndexRow } from '../../../src/catalog/index-row.ts';
import { loadListed } from '../../../src/catalog/listed.ts';
import type { CatalogEntry } from '../../../src/catalog/schema.ts';
import { buildSearchData, type SearchData } from '../../../src/flows/search/search-index.ts';
import { pipelineJsonSchema } from '../../../src/pipelines/format/json-schema.ts';
import { settingsJsonSchema } from '../../../src/settings/json-schema.ts';
import { exampleFileJsonSchema } from '../../../src/trial/examples/read-example-file.ts';
import { alertsPage } from './alerts.ts';
import { catalogEntryPage, catalogPage } from './catalog.ts';
import { clientsPage } from './clients.ts';
import { commandsPage } from './commands.ts';
import { doctorPage } from './doctor.ts';
import { errorsPage } from './errors.ts';
import { layersPage } from './layers.ts';
import { listedPage } from './listed.ts';
import { metricsPage } from './metrics.ts';
import { serverChecksPage } from './server-checks.ts';
import { standInsPage } from './stand-ins.ts';

/** Every generated file: path from the project's root → content as it should be. */
export async function referenceFiles(root: string): Promise<Map<string, string>> {
  const entries = await readEntries(join(root, 'src', 'catalog', 'entries'));
  return new Map([
    ['src/catalog/index.json', catalogIndex(entries)],
    ['src/flows/search/search-data.json', searchText(await buildSearchData())],
    ['docs/reference/listed-servers.md', listedPage(await loadListed())],
    ['docs/reference/alerts.md', alertsPage()],
    ['docs/reference/catalog.md', catalogPage(entries)],
    ['docs/reference/clients.md', clientsPage()],
    ['docs/reference/commands.md', await commandsPage()],
    ['docs/reference/doctor.md', doctorPage()],
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/layers.md', layersPage()],
    ['docs/reference/metrics.md', metricsPage()],
    ['docs/reference/mcp-tests.schema.json', `${JSON.stringify(exampleFileJsonSchema(), null, 2)}\n`],
    ['docs/reference/server-checks.md', serverChecksPage()],
    ['docs/reference/stand-ins.md', standInsPage()],
    ['docs/reference/pipeline.schema.json', `${JSON.stringify(pipelineJsonSchema(), null, 2)}\n`],
    ['docs/reference/settings.schema.json', `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`],
    ...entries.map((entry) => [`docs/catalog/${entry.slug}.md`, catalogEntryPage(entry)] as const),
  ]);
}

/** One row and one term a line, for the same reason. */
function searchText({ rows, index, aliases }: SearchData): string {
  const lines = (object: object): string =>
    Object.entries(object)
      .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(',\n');
  return [
    '{',
    `  "rows": [\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ],`,
    `  "aliases": {\n${lines(aliases)}\n  },`,
    `  "index": {"size": ${index.size}, "terms": {\n${lines(index.terms)}\n  }}`,
    '}\n',
  ].join('\n');
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
