import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { checkSchema } from '../../src/mcp/schema.ts';
import { ACCESSES } from '../../src/scaffold/access.ts';
import { type Answers, TRANSPORTS } from '../../src/scaffold/answers.ts';
import { LANGUAGES } from '../../src/scaffold/languages.ts';
import { planFiles } from '../../src/scaffold/plan.ts';
import { readTemplate } from '../../src/scaffold/template.ts';
import { VARIANTS } from '../../src/scaffold/variants.ts';
import { temporaryFolder } from '../support/cli.ts';
import { bundleJudge } from '../support/mcpb.ts';
import { TEMPLATES } from '../support/new-server.ts';
import { SAMPLE_ANSWERS, SAMPLE_API } from '../support/scaffolds.ts';

const SCHEMA = fileURLToPath(new URL('../fixtures/registry/server-2025-12-11.schema.json', import.meta.url));

let schema: JsonObject;
let isValidBundle: (file: string) => boolean;

beforeAll(async () => {
  schema = JSON.parse(await readFile(SCHEMA, 'utf8'));
  isValidBundle = await bundleJudge();
});

async function documentsOf(changes: Partial<Answers>) {
  const answers = { ...SAMPLE_ANSWERS, ...changes, ...(changes.wraps === 'openapi' && { api: SAMPLE_API }) };
  const files = planFiles(await readTemplate(TEMPLATES, answers), answers);
  const textOf = (name: string): string => files.find(({ path }) => path === name)?.text ?? expect.fail(name);
  return { entry: JSON.parse(textOf('server.json')), manifest: textOf('manifest.json') };
}

test.each(LANGUAGES.flatMap(({ id: language }) => VARIANTS.map(({ id: wraps }) => ({ language, wraps }))))(
  '$language, $wraps: the registry takes its entry, and the official program its bundle, whoever may call it',
  async (answers) => {
    const file = join(await temporaryFolder(), 'manifest.json');
    for (const { id: access } of ACCESSES) {
      for (const transport of TRANSPORTS) {
        const { entry, manifest } = await documentsOf({ ...answers, access, transport });

        expect(await checkSchema(schema, entry), `${access}, ${transport}`).toEqual({ problems: [] });
        await writeFile(file, manifest);
        expect(isValidBundle(file), `${access}, ${transport}`).toBe(true);
      }
    }
  },
);

test('the schema refuses what the registry refuses', async () => {
  const { entry } = await documentsOf({});
  const [one] = entry.packages;
  for (const change of [
    { name: 'weather' },
    { description: 'x'.repeat(101) },
    { version: '^1.0.0' },
    { status: 'active' },
    { packages: [{ ...one, registry_type: 'npm' }] },
    { packages: [{ ...one, transport: undefined }] },
    { packages: [{ ...one, packageArguments: [{ type: 'positional' }] }] },
    { packages: [{ ...one, environmentVariables: [{ name: 'X', secret: true }] }] },
    { packages: [{ ...one, registryType: 'mcpb' }] },
  ]) {
    const changed = JSON.parse(JSON.stringify({ ...entry, ...change }));
    const { problems, unusable } = await checkSchema(schema, changed);
    expect({ unusable, isRefused: problems.length > 0 }, JSON.stringify(change)).toEqual({ isRefused: true });
  }
});

test('the official program refuses a bundle with a member nobody knows', async () => {
  const file = join(await temporaryFolder(), 'manifest.json');
  const { manifest } = await documentsOf({});
  await writeFile(file, JSON.stringify({ ...JSON.parse(manifest), unknown: true }));

  expect(isValidBundle(file)).toBe(false);
});
