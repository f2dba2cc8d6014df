import { Argument, Command } from 'commander';
import { openAuditLog } from '../../audit/open-here.ts';
import type { Context } from '../../cli/context.ts';
import { auditHere } from '../../flows/audit/audit-here.ts';
import { setSetting } from '../../settings/edit.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('hold')
    .description('Legal hold: keep the audit log as it is, or end that')
    .addArgument(new Argument('<state>', 'on: nothing is pruned or forgotten').choices(['on', 'off']))
    .addHelpText('after', '\nexamples:\n  mcpctl audit hold on\n  mcpctl audit hold off')
    .action(async (state: 'on' | 'off') => {
      const on = state === 'on';
      const edit = {
        ...context,
        key: 'audit.hold',
        value: String(on),
        scope: 'user',
        dryRun: false,
      } as const;
      const { changed, path } = await setSetting(edit);
      const { settings } = await auditHere(context);
      if (changed) {
        const log = openAuditLog(context, settings, { warn: (line) => output.warn(line) });
        await log.note({ kind: 'hold', on });
        await log.close();
      }
      output.result({ hold: on, changed, path }, () => {
        if (!changed) return `A legal hold was ${on ? 'on' : 'off'} already.`;
        return on ? 'Nothing is pruned or forgotten until: mcpctl audit hold off' : 'The legal hold is over.';
      });
    });
}
