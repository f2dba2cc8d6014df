import type { Example } from './example-type.ts';
import { openItemApi, TOKEN } from './item-api.ts';

export async function openExample(): Promise<Example> {
  const { url, close } = await openItemApi();
  return {
    env: { API_BASE_URL: url, API_TOKEN: TOKEN },
    call: { name: 'get_item', arguments: { id: 'i7' } },
    result: { structuredContent: { item: { id: 'i7', name: 'Item 7' } } },
    wrong: { id: 7 },
    resource: 'items://recent',
    close,
  };
}
