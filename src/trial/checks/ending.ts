import { within } from '../../core/within.ts';
import { LEGACY_VERSIONS, modernMeta } from '../../mcp/greeting.ts';
import { type ProcessGroup, startGroup } from '../../platform/process-group.ts';
import { measureStall } from '../../platform/stalls.ts';
import type { Check, Problem } from '../check.ts';
import type { Scene } from '../scene.ts';
import { initializeParams } from '../talk/begin.ts';

/** How long a program may take to end; clients wait two seconds or less before they kill it. */
const PATIENCE_MS = 5_000;
/** While the machine was too busy to tell, the time begins anew, but not for ever. */
const MOST_WAITS = 4;

const exitsAtEof: Check = {
  id: 'exits-at-eof',
  eras: 'first',
  only: 'stdio',
  async examine(scene) {
    return await withProgram(scene, async (program) => {
      program.stdin.end();
      if (!(await endsInTime(program))) {
        return [{ message: `it still ran ${PATIENCE_MS / 1000} s after the end of its input` }];
      }
      const { code, signal } = await program.exited;
      if (code === 0) return [];
      const how = signal ? `was ended by ${signal}` : `ended with status ${code}`;
      return [{ severity: 'warning', message: `at the end of its input it ${how}` }];
    });
  },
};

const exitsAtSigterm: Check = {
  id: 'exits-at-sigterm',
  eras: 'first',
  only: 'stdio',
  async examine(scene) {
    if (scene.platform === 'win32') return { skipped: 'Windows has no SIGTERM' };
    return await withProgram(scene, async (program) => {
      process.kill(program.pid, 'SIGTERM');
      return (await endsInTime(program))
        ? []
        : [{ message: `it still ran ${PATIENCE_MS / 1000} s after SIGTERM` }];
    });
  },
};

const leavesNothingRunning: Check = {
  id: 'leaves-nothing-running',
  eras: 'first',
  only: 'stdio',
  async examine(scene) {
    if (scene.platform === 'win32') return { skipped: 'on Windows nobody can tell' };
    return await withProgram(scene, async (program) => {
      program.stdin.end();
      if (!(await endsInTime(program))) return [];
      const { leftBehind } = await program.exited;
      return leftBehind ? [{ message: 'when it had ended, programs it had started still ran' }] : [];
    });
  },
};

/** Starts the program as a client would and waits for its first answer. It is gone afterwards. */
async function withProgram(
  scene: Scene,
  body: (program: ProcessGroup) => Promise<Problem[]>,
): Promise<Problem[]> {
  const { target, platform, extraEnv, client, waitMs, eras } = scene;
  if (target.kind !== 'stdio') return [];
  const program = await startGroup({ ...target, env: { ...target.env, ...extraEnv }, platform });
  try {
    const isLegacy = eras.includes('legacy');
    const first = isLegacy
      ? { method: 'initialize', params: initializeParams(LEGACY_VERSIONS[0], client) }
      : { method: 'server/discover', params: { _meta: modernMeta({ client, capabilities: {} }) } };
    program.stderr.resume();
    const answered = new Promise<void>((resolve) => program.stdout.once('data', () => resolve()));
    program.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, ...first })}\n`);
    await within(waitMs, Promise.race([answered, program.ended]));
    program.stdout.resume();
    if (isLegacy) program.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    return await body(program);
  } finally {
    await program.stop({ eofMs: 0 });
  }
}

async function endsInTime(program: ProcessGroup): Promise<boolean> {
  for (let wait = 1; wait <= MOST_WAITS; wait += 1) {
    const wasStalled = measureStall();
    const isEnded = await within(PATIENCE_MS, program.ended);
    if (!wasStalled() || isEnded) return isEnded;
  }
  return false;
}

export const ENDING_CHECKS: readonly Check[] = [exitsAtEof, exitsAtSigterm, leavesNothingRunning];
