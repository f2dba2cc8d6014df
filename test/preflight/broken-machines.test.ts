import { describe, expect, test } from 'vitest';
import type { Case } from './cases/case.ts';
import { clientCases } from './cases/clients.ts';
import { machineCases } from './cases/machine.ts';
import { manifestCases } from './cases/manifest.ts';
import { answerCases } from './cases/server-answers.ts';
import { serverCases } from './cases/servers.ts';
import { withBench } from './workbench.ts';

const CASES = [...machineCases, ...manifestCases, ...clientCases, ...serverCases, ...answerCases];

describe.concurrent('a broken machine', () => {
  test.each(CASES.map((one) => [one.name, one.code, one] as const))(
    '%s: %s',
    async (_name, code, broken: Case) => {
      const { severity = 'error', subject = '', args, shell, user, build } = broken;
      const diagnosis = await withBench(async (bench) => {
        await build(bench);
        return await bench.doctor(args, { ...(shell && { shell }), ...(user && { user }) });
      });

      expect(diagnosis.findings).toContainEqual(
        expect.objectContaining({ code, severity, subject: expect.stringContaining(subject) }),
      );
      const others = diagnosis.findings.filter((found) => found.severity === 'error' && found.code !== code);
      expect(others).toEqual([]);
      expect(diagnosis.status).toBe(severity === 'error' ? 5 : 0);
    },
  );
});
