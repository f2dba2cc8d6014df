import { readdirSync, readFileSync } from 'node:fs';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { toIndexRow } from '../../src/catalog/index-row.ts';
import { loadCatalogEntry, loadCatalogIndex } from '../../src/catalog/load.ts';
import { type CatalogEntry, catalogEntrySchema } from '../../src/catalog/schema.ts';
import { parseReferences } from '../../src/core/reference.ts';
import { problemWithServerName } from '../../src/core/server-name.ts';

const folder = new URL('../../src/catalog/entries/', import.meta.url);
const entries = readdirSync(folder).map((file) => ({
  file,
  entry: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as CatalogEntry,
}));

describe.each(entries)('$file', ({ file, entry }) => {
  test('fits the schema and is named after its slug', () => {
    expect(catalogEntrySchema.safeParse(entry).error?.issues ?? []).toEqual([]);
    expect(`${entry.slug}.json`).toBe(file);
    expect(problemWithServerName(entry.slug)).toBeUndefined();
  });

  test('points only at ways, profiles and variables it has', () => {
    const ids = entry.transports.map(({ id }) => id);
    const profiles = Object.entries(entry.profiles ?? {});
    const variables = new Set(entry.env.map(({ name }) => name));

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(entry.preferred);
    expect(ids).toEqual(
      expect.arrayContaining(
        entry.env.flatMap(({ transports = [], requiredBy = [] }) => [...transports, ...requiredBy]),
      ),
    );
    expect(ids).toEqual(
      expect.arrayContaining(profiles.flatMap(([, { transport }]) => (transport ? [transport] : []))),
    );
    for (const { profile } of entry.aliases) {
      if (profile) expect(profiles.map(([name]) => name)).toContain(profile);
    }
    const { clientId = '', clientSecret = '' } = entry.auth.oauth ?? {};
    const templates = entry.headers.flatMap(({ value, or = [] }) => [value, ...or]);
    expect(namesIn([...templates, clientId, clientSecret]).filter((name) => !variables.has(name))).toEqual(
      [],
    );
  });

  test('prefers a way that is not on its way out', () => {
    const preferred = entry.transports.find(({ id }) => id === entry.preferred);

    expect(preferred?.status ?? 'active').toBe('active');
  });

  test('describes every blank of its addresses and arguments, and no other', () => {
    for (const way of [...entry.transports, ...entry.alternatives.flatMap(({ transports }) => transports)]) {
      const texts = way.kind === 'remote' ? [way.url, way.readOnly?.url ?? ''] : (way.args ?? []);
      const used = texts.flatMap((text) => [...text.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name));
      expect(Object.keys(way.blanks ?? {}).sort()).toEqual([...new Set(used)].sort());
    }
  });

  test('says where each key that must be there comes from', () => {
    const silent = entry.env.filter(({ required, secret, where }) => required && secret && !where);

    expect(silent).toEqual([]);
  });

  test('puts the scopes of the first call within its scopes, and its Node ranges into words of semver', () => {
    const { scopes = [], minimumScopes = [] } = entry.auth.oauth ?? {};

    expect(scopes).toEqual(expect.arrayContaining(minimumScopes));
    for (const way of entry.transports) {
      if (way.kind === 'npm' && way.node) expect(semver.validRange(way.node)).not.toBeNull();
      if (way.kind === 'npm') expect(semver.valid(way.version)).not.toBeNull();
    }
  });

  test('says what users ask of its tools: five requests of each that is asked for much', () => {
    const known = new Set([...entry.tools.readOnly, ...entry.tools.writing]);
    const requests = Object.values(entry.examples).flat();

    expect(Object.keys(entry.examples).filter((tool) => !known.has(tool))).toEqual([]);
    expect(Object.keys(entry.examples).length).toBeGreaterThanOrEqual(Math.min(3, known.size));
    for (const each of Object.values(entry.examples)) expect(each.length).toBeGreaterThanOrEqual(5);
    expect(new Set(requests.map((request) => request.toLowerCase())).size).toBe(requests.length);
  });

  test('calls only a tool it lists, and never one that writes', () => {
    const { tool = '' } = entry.firstCall;

    if (!NOT_MARKED.has(tool)) expect(entry.tools.writing).not.toContain(tool);
    expect(entry.tools.readOnly.filter((name) => entry.tools.writing.includes(name))).toEqual([]);
  });
});

/** Tools whose vendors don't mark them, with arguments that only read. */
const NOT_MARKED = new Set(['browser_tabs', 'run_gcloud_command']);

test('the index is made of the entries as they are', async () => {
  expect(await loadCatalogIndex()).toEqual(
    entries.map(({ entry }) => toIndexRow(entry)).sort((a, b) => (a.slug < b.slug ? -1 : 1)),
  );
});

test('no name leads to two entries', () => {
  const owners = new Map<string, string>();
  for (const { entry } of entries) {
    for (const name of new Set([entry.slug, entry.name, ...entry.aliases.map((alias) => alias.name)])) {
      expect(owners.get(name.toLowerCase()), name).toBeUndefined();
      owners.set(name.toLowerCase(), entry.slug);
    }
  }
});

test('names other entries or alternatives where it says "also"', () => {
  const slugs = entries.map(({ entry }) => entry.slug);
  for (const { entry } of entries) {
    const known = [...slugs, ...entry.alternatives.map(({ id }) => id)];
    expect(known).toEqual(expect.arrayContaining(entry.aliases.flatMap(({ also }) => also ?? [])));
  }
});

test('an entry is loaded by its slug alone', async () => {
  expect(await loadCatalogEntry('linear')).toMatchObject({ slug: 'linear', vendor: 'Linear' });
});

test('covers the servers of the requirements', () => {
  expect(entries).toHaveLength(35);
});

function namesIn(templates: readonly string[]): string[] {
  return templates.flatMap((template) =>
    parseReferences(template).flatMap((part) => (part.kind === 'name' ? [part.name] : [])),
  );
}
