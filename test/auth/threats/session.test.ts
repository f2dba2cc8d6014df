import { expect, test } from 'vitest';
import { bench, untilExpired } from './bench.ts';

test.each([
  ['sse', 'root'],
  ['stateless', 'inserted'],
  ['sessions', 'header'],
] as const)('a session over %s outlives its tokens unnoticed', async (transport, metadata) => {
  const { issuer, browser, login, run } = await bench({
    issuer: { lifetime: 2 },
    server: { transport, metadata },
  });
  await login();
  const client = await run();
  for (const id of [1, 2, 3]) {
    if (id > 1) await untilExpired();
    client.send({ id, method: 'tools/call', params: { name: 'add', arguments: { a: 1, b: id } } });
    expect(JSON.parse(await client.answer(id)).result.content[0].text).toBe(String(1 + id));
  }

  expect(await client.end()).toBe(0);
  expect(issuer.seen.refreshes().length).toBeGreaterThanOrEqual(2);
  expect(issuer.seen.invalidGrants()).toEqual([]);
  expect(await browser.started()).toHaveLength(1);
});
