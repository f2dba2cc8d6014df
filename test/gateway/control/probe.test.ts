import { expect, test } from 'vitest';
import { McpctlError } from '../../../src/core/errors.ts';
import { measured, type ProbeAnswer } from '../../../src/gateway/control/probe.ts';

const silent = new McpctlError('SERVER_TIMEOUT', 'no answer');
const answer: ProbeAnswer = { by: 'ping', at: 1000, ms: 900 };

/** What was counted beside what was answered. */
async function probed(probe: () => Promise<ProbeAnswer>) {
  const counted: boolean[] = [];
  const meter = { probed: (_: string, { ok }: { ok: boolean }) => void counted.push(ok) };
  const answered = await measured('one', meter, probe).catch((error: unknown) => error);
  return { answered, counted };
}

/** Keeps this process from everything else for a second. */
function holdUp(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

test('what a process that was held up takes for silence is not judged, and not counted', async () => {
  const { answered, counted } = await probed(async () => {
    holdUp();
    throw silent;
  });

  expect(answered).toMatchObject({ by: 'none', isStalled: true });
  expect(counted).toEqual([]);
});

test('an answer counts whoever was held up, though not the time it took', async () => {
  const { answered, counted } = await probed(async () => {
    holdUp();
    return answer;
  });

  expect(answered).toEqual({ ...answer, isStalled: true });
  expect(counted).toEqual([]);
});

test('silence and refusals count where nothing was held up, and refusals always', async () => {
  const gone = new McpctlError('SERVER_UNREACHABLE', 'gone');
  const refused = await probed(async () => {
    holdUp();
    throw gone;
  });

  expect(refused).toEqual({ answered: gone, counted: [false] });
  expect(await probed(async () => answer)).toEqual({ answered: answer, counted: [true] });
  expect(await probed(async () => Promise.reject(silent))).toEqual({ answered: silent, counted: [false] });
});
