import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { exists } from '../clients/detect.ts';
import { findDrift } from '../clients/drift.ts';
import { chosenClients } from '../flows/clients/chosen-clients.ts';
import { surveyOf } from '../flows/clients/clients-survey.ts';
import { clientsReport, renderClients } from '../flows/clients/clients-view.ts';

export function command(context: Context): Command {
  return new Command('clients')
    .description('Show the AI clients of this machine and what they have of the manifest')
    .option('--client <id...>', 'these clients only, installed or not')
    .addHelpText('after', EXAMPLES)
    .action(async ({ client }: { client?: string[] }) => {
      const clients = await chosenClients(client, context);
      const survey = await surveyOf(context, clients ? { clients } : {});
      const report = clientsReport(survey, await findDrift(survey.plan, exists));
      const { output } = context;
      output.result(report, (document, style) => renderClients(document, style, output.width));
    });
}

const EXAMPLES = `
examples:
  mcpctl clients                  every client found, its file and its state
  mcpctl clients --client zed     one client, also when it is not found
  mcpctl clients --json           with the reasons, and how each client is restarted`;
