import { createHash, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RegistryEvent } from '../../../src/marketplace/events.ts';
import type { RegistryStore } from '../../../src/marketplace/store/store.ts';
import { serverDocument } from '../../support/registry.ts';

const at = '2026-11-30T12:00:00.000Z';

export function publishing(name: string, version = '1.0.0'): RegistryEvent {
  return { kind: 'published', at, by: 'ci', document: serverDocument(name, { version }), hosted: [] };
}

/** A name no other test has: one store serves all of them. */
export function newName(): string {
  return `io.test/${randomUUID()}`;
}

export interface Contract {
  /** The store, open. */
  store(): RegistryStore;
  /** What it keeps, opened by another process, or after this one ended. */
  again(): Promise<RegistryStore>;
}

/** What each store promises. */
export function keepsItsContract({ store, again }: Contract): void {
  test('knows what happened, and so does who opens it again', async () => {
    const name = newName();
    await store().change(() => publishing(name, '1.0.0'));
    await store().change(() => publishing(name, '1.1.0'));
    await store().change(() => ({ kind: 'rated', at, by: 'ada', name, stars: 3 }));
    await store().change(() => ({ kind: 'rated', at, by: 'bob', name, stars: 4 }));
    await store().change(() => ({ kind: 'rated', at, by: 'ada', name, stars: 5 }));
    await store().change(() => ({ kind: 'installed', at, by: 'machine-1', name, version: '1.0.0' }));
    await store().change(() => ({ kind: 'installed', at, by: 'machine-1', name, version: '1.1.0' }));
    await store().change(() => ({ kind: 'owners', at, by: 'ci', name, owners: ['ci', 'team'] }));
    await store().change(() => ({
      kind: 'status',
      at,
      by: 'ci',
      name,
      version: '1.0.0',
      status: 'deprecated',
      message: 'Old.',
      replacement: 'io.test/new',
    }));
    const expected = {
      name,
      owners: ['ci', 'team'],
      installs: 1,
      rating: { average: 4.5, count: 2 },
      latest: { version: '1.1.0', status: 'active' },
      versions: [
        { version: '1.0.0', status: 'deprecated', statusMessage: 'Old.', replacement: 'io.test/new' },
        { version: '1.1.0', status: 'active' },
      ],
    };

    expect((await store().read()).find(name)).toMatchObject(expected);
    const other = await again();
    expect((await other.read()).find(name.toUpperCase())).toMatchObject(expected);
    await other.close();
  });

  test('decides one after the other, each knowing what came before', async () => {
    const name = newName();
    const publishes = Array.from({ length: 40 }, () =>
      store().change((known) => {
        if (known.find(name)) throw new Error('taken');
        return publishing(name);
      }),
    );
    const outcomes = await Promise.allSettled(publishes);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await store().read()).find(name)?.versions).toHaveLength(1);
  });

  test('keeps nothing when nothing is decided, or deciding fails', async () => {
    const name = newName();
    await store().change(() => undefined);
    const refusal = new Error('no');
    await expect(
      store().change(() => {
        throw refusal;
      }),
    ).rejects.toBe(refusal);
    await store().change(() => publishing(name));

    const other = await again();
    expect((await other.read()).find(name)?.versions).toHaveLength(1);
    await other.close();
  });

  test('tells everything once and in its order, however much there is', async () => {
    const name = newName();
    const versions = Array.from({ length: 25 }, (_, index) => `1.${index}.0`);
    for (const version of versions) await store().change(() => publishing(name, version));

    const other = await again();
    for (let reads = 0; reads < 2; reads += 1) {
      const found = (await other.read()).find(name)?.versions.map(({ version }) => version);
      expect(found).toEqual(versions);
    }
    await other.close();
  });

  test('keeps files by their sum', async () => {
    const bytes = Buffer.from(`a file ${randomUUID()} \u0000\u00ff`, 'latin1');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const { artifacts } = store();

    expect(await artifacts.has(sha256)).toBe(false);
    expect(await artifacts.read(sha256)).toBeUndefined();
    await artifacts.save(sha256, bytes);
    await artifacts.save(sha256, bytes);
    expect(await artifacts.has(sha256)).toBe(true);
    const other = await again();
    expect(Buffer.from((await other.artifacts.read(sha256)) ?? []).equals(bytes)).toBe(true);
    await other.close();
  });
}
