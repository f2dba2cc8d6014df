// From starting a program to its first good answer.
import { detailOf, elapsed, interleave } from '../measure.mjs';
import { stdioSession } from '../sessions.mjs';
import { EVERYTHING, MCPCTL, NODE } from '../setting.mjs';

export const name = 'first-call';

export async function run({ env, manifest }, { rounds }) {
  await manifest({ everything: { command: NODE, args: [EVERYTHING] } });
  const first = (args) => async () => {
    let session;
    const time = await elapsed(async () => {
      session = await stdioSession(NODE, args, { env, cwd: env.HOME });
      await session.call('echo', { message: 'hello' });
    });
    await session.close();
    return time;
  };
  const detail = detailOf(
    await interleave({ direct: first([EVERYTHING]), run: first([MCPCTL, 'run', 'everything']) }, rounds),
    'ms',
  );
  return [
    { what: 'run, spawn to first call, of direct', value: detail.run / detail.direct, bar: 1.5, detail },
  ];
}
