import { appendFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHistoryFiles, makeHistoryFolder } from '../../../src/watch/history/files.ts';
import { createRecorder } from '../../../src/watch/history/recorder.ts';
import { serviceLevels } from '../../../src/watch/history/slo.ts';
import type { ObservedServer } from '../../../src/watch/observation.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { NOON, observation, observedServer } from '../../support/observations.ts';

const DAY_S = 86_400;
const down: Partial<ObservedServer> = { state: 'failed', reason: { code: 'SERVER_TIMEOUT', message: 'm' } };

async function history() {
  const folder = join(await temporaryFolder(), 'history');
  await makeHistoryFolder(folder);
  const files = createHistoryFiles(folder);
  const { observed } = createRecorder(files);
  return {
    folder,
    files,
    /** Each second from one to another, so many seconds after noon. */
    watch(from: number, to: number, but: Partial<ObservedServer> = {}) {
      const probe = { at: new Date(NOON + from * 1000).toISOString(), ok: but.state === undefined, ms: 1 };
      for (let second = from; second <= to; second += 1) {
        observed(observation(second, [observedServer('one', { probe, ...but })]));
      }
    },
    levels: async (now: number) =>
      serviceLevels(await files.read(NOON - 40 * DAY_S * 1000), NOON + now * 1000)[0],
  };
}

test('counts the time a server worked, what it took to notice and to recover', async () => {
  const { watch, levels } = await history();
  watch(0, 599);
  watch(600, 629, down);
  watch(630, 1200);

  const level = await levels(1200);
  expect(level?.uptime['24h'].watchedSeconds).toBe(1200);
  expect(level?.uptime['24h'].ratio).toBeCloseTo(1170 / 1200, 5);
  expect(level).toMatchObject({ name: 'one', incidents: 1, detectSeconds: 600, recoverSeconds: 30 });
});

test('time nobody watched does not count, and neither does what another window holds', async () => {
  const { watch, levels } = await history();
  watch(0, 100, down);
  watch(2 * DAY_S, 2 * DAY_S + 300);

  const level = await levels(2 * DAY_S + 300);
  expect(level?.uptime['24h']).toEqual({ ratio: 1, watchedSeconds: 300 });
  expect(level?.uptime['7d'].watchedSeconds).toBeLessThan(500);
  expect(level?.uptime['7d'].ratio).toBeLessThan(1);
});

test('a sign-in that is missing and a disabled server are not down', async () => {
  const { watch, levels } = await history();
  watch(0, 60);
  watch(61, 120, { state: 'needs-auth', reason: { code: 'SIGN_IN_NEEDED', message: 'm' } });
  watch(121, 180, { state: 'stopped' });
  watch(181, 240);

  const level = await levels(240);
  expect(level).toMatchObject({ incidents: 0, uptime: { '24h': { ratio: 1 } } });
});

test('a line that was torn by a crash is left out, and what follows counts', async () => {
  const { folder, files, watch, levels } = await history();
  watch(0, 60);
  const [name] = await readdir(folder);
  await appendFile(join(folder, String(name)), '{"kind":"state","at":17');
  files.append({ kind: 'state', at: NOON + 61_000, server: 'one', state: 'failed', code: 'SERVER_TIMEOUT' });

  expect(await levels(70)).toMatchObject({ incidents: 1 });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, String(name)))).mode & 0o777).toBe(0o600);
});

test('old days are removed; each day says everything anew', async () => {
  const { folder, files, watch } = await history();
  watch(0, 5);
  watch(DAY_S, DAY_S + 5);
  expect(await readdir(folder)).toHaveLength(2);

  expect(await files.prune(NOON + DAY_S * 1000)).toBe(1);
  const left = await files.read(0);
  expect(left).toMatchObject([{ kind: 'state', server: 'one', state: 'healthy' }]);
});
