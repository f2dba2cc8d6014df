import { describe, expect, test } from 'vitest';
import type { CredentialStore } from '../../../src/auth/store/store.ts';

const ID = '0123456789abcdef0123456789abcdef';
const OTHER = 'fedcba9876543210fedcba9876543210';

/** What everybody may rely on, whatever keeps the values. `open` gives the same place each time within a test. */
export function keepsSignIns(name: string, arrange: () => Promise<() => Promise<CredentialStore>>): void {
  describe(`the ${name} store`, () => {
    test('gives back what was written, of every kind and length, and what was written last', async () => {
      const store = await (await arrange())();
      const values = ['{"a":1}', 'x', '€😀\n\t"\\', `{"jwt":"${'eyJ.-_'.repeat(1_100)}"}`, '{}'];

      for (const value of values) {
        await store.write(ID, value);
        expect(await store.read(ID)).toBe(value);
      }
    });

    test('keeps ids apart, and says for sure when there is none', async () => {
      const store = await (await arrange())();

      expect(await store.read(ID)).toBeUndefined();
      expect(await store.delete(ID)).toBe(false);
      await store.write(ID, 'one');
      await store.write(OTHER, 'other'.repeat(1_000));
      expect((await store.ids()).sort()).toEqual([ID, OTHER]);
      expect(await store.delete(ID)).toBe(true);
      expect(await store.delete(ID)).toBe(false);
      expect(await store.ids()).toEqual([OTHER]);
      expect(await store.read(ID)).toBeUndefined();
      expect(await store.read(OTHER)).toBe('other'.repeat(1_000));
    });

    test('passes its own check, which leaves nothing behind', async () => {
      const store = await (await arrange())();
      await store.write(ID, 'kept');

      await store.check();

      expect(await store.read(ID)).toBe('kept');
      expect(await store.ids()).toEqual([ID]);
      expect(await store.read(OTHER)).toBeUndefined();
    });

    test('whoever opens the same place finds the values', async () => {
      const open = await arrange();
      await (await open()).write(ID, 'kept'.repeat(1_000));

      expect(await (await open()).read(ID)).toBe('kept'.repeat(1_000));
    });

    test('writers of the same id leave one whole value', async () => {
      const open = await arrange();
      const stores = await Promise.all(['1', '2', '3', '4'].map(async () => await open()));

      await Promise.all(
        stores.map(async (store, digit) => await store.write(ID, String(digit).repeat(3_000))),
      );

      expect(await (await open()).read(ID)).toMatch(/^(\d)\1{2999}$/);
    });
  });
}
