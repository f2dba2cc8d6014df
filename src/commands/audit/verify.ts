import { Command } from 'commander';
import { withUpkeep } from '../../audit/hold-lock.ts';
import { verifyLog } from '../../audit/verify.ts';
import type { Context } from '../../cli/context.ts';
import { auditHere } from '../../flows/audit/audit-here.ts';
import { brokenLog, renderVerdict } from '../../flows/audit/verify-view.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('verify')
    .description('Check that no row of the audit log was changed, removed or added')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { place, keys } = await auditHere(context);
      const found = await keys();
      const verdict = await withUpkeep(place, async () => await verifyLog({ place, keys: found }));
      for (const remark of verdict.remarks) output.note(remark);
      if (verdict.problems.length > 0) throw brokenLog(verdict, place.folder);
      output.result(verdict, renderVerdict);
    });
}

const EXAMPLES = `
Ends with 1 and names file and line of what is wrong. docs/guides/audit.md says what this cannot see.

examples:
  mcpctl audit verify
  mcpctl audit verify --json`;
