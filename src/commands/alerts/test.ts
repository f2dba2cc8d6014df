import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { showTest, testChannels } from '../../flows/alerts/test-flow.ts';
import { renderShown, renderTested } from '../../flows/alerts/test-view.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('test')
    .description('Send an alert and its end to those the settings name, and say what they answered')
    .argument('[channel]', 'one of alerts.channels; all when left out')
    .option('--dry-run', 'print what would be sent and send nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (channel: string | undefined, { dryRun }: { dryRun?: boolean }) => {
      if (dryRun) {
        output.result(await showTest(channel, context), renderShown);
        return;
      }
      const tested = await testChannels(channel, context);
      const isTaken = tested.every(({ trigger, resolve }) =>
        [trigger, resolve].every(({ outcome }) => outcome === 'taken'),
      );
      if (!isTaken) context.exitWith(5);
      output.result(tested, renderTested);
    });
}

const EXAMPLES = `
Addresses and keys are references in the settings, so that no file has them:
  mcpctl secret set SLACK_WEBHOOK
  mcpctl config set alerts.channels.ops '{"type":"slack","url":"\${keychain:SLACK_WEBHOOK}"}'

examples:
  mcpctl alerts test
  mcpctl alerts test ops
  mcpctl alerts test pager --dry-run

exit status: 0 everybody took both; 5 somebody did not`;
