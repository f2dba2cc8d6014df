import { afterAll, beforeAll, expect, test } from 'vitest';
import { createItem, getItem, listItems } from '../src/api/items.ts';
import { type Api, createApi } from '../src/api/request.ts';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { openItemApi, TOKEN } from './item-api.ts';

let stand: Awaited<ReturnType<typeof openItemApi>>;
let api: Api;

beforeAll(async () => {
  stand = await openItemApi();
  const log = createLog({ level: 'error', stream: process.stderr });
  api = createApi(readConfig([], { API_BASE_URL: stand.url, API_TOKEN: TOKEN }), log);
});

afterAll(() => stand.close());

test('reads as many pages as the limit needs, and says where to go on', async () => {
  const first = await listItems(api, { limit: 70 });
  expect(first.items).toHaveLength(70);
  expect(first.next).toBe('70');

  const rest = await listItems(api, { limit: 200, cursor: first.next });
  expect(rest.items).toHaveLength(50);
  expect(rest.next).toBeUndefined();
});

test('passes a search on', async () => {
  const { items } = await listItems(api, { search: 'item 11', limit: 50 });

  expect(items.map(({ id }) => id)).toEqual([
    'i11',
    'i110',
    'i111',
    'i112',
    'i113',
    'i114',
    'i115',
    'i116',
    'i117',
    'i118',
    'i119',
  ]);
});

test('keeps what is described and drops the rest', async () => {
  expect(await getItem(api, 'i3')).toEqual({ id: 'i3', name: 'Item 3' });
  expect(await createItem(api, 'Lamp')).toEqual({ id: 'new', name: 'Lamp' });
});

test('a missing item is not found', async () => {
  await expect(getItem(api, 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
