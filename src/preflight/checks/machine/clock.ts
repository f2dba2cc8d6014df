import type { Check } from '../../check.ts';
import { finding } from '../../finding.ts';

/** Milliseconds; issuers of tokens allow about a minute. */
const ALLOWED = 60_000;

export const clock: Check = {
  id: 'clock',
  area: 'machine',
  title: 'Clock',
  needsNetwork: true,
  deadlineMs: 15_000,
  async run(situation) {
    const answer = await situation.registry();
    if (!answer.ok || !answer.date) return { findings: [], detail: 'not compared' };
    const skew = situation.machine.now().getTime() - answer.date.getTime();
    const seconds = Math.round(skew / 1_000);
    if (Math.abs(skew) <= ALLOWED)
      return { findings: [], detail: `within ${Math.max(1, Math.abs(seconds))} s` };
    return {
      detail: `${seconds} s off`,
      findings: [
        finding('CLOCK_SKEW', {
          subject: 'clock',
          message: `This machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the npm registry's.`,
          cause: 'Time synchronisation is off; sleeping virtual machines and WSL do that.',
          fix: {
            command:
              situation.machine.platform === 'darwin'
                ? 'sudo sntp -sS time.apple.com'
                : situation.machine.platform === 'win32'
                  ? 'w32tm /resync'
                  : 'sudo timedatectl set-ntp true',
            description: 'sets the clock by the network',
            isSafe: false,
          },
        }),
      ],
    };
  },
};
