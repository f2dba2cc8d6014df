import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import type { WatchFlags } from '../flows/watch/parts.ts';
import { exitStatusOf } from '../flows/watch/status-flow.ts';
import { renderStatus } from '../flows/watch/status-view.ts';
import { watchFlow } from '../flows/watch/watch-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('watch')
    .description('Watch every server until you stop it, and restart those that hang')
    .option('--once', 'look around one time and end')
    .option('--interval <duration>', 'time between two probes, e.g. 10s; 30s unless set otherwise')
    .option('--server <name...>', 'only these')
    .option('--deep', 'make the harmless call the catalog knows for a server as well')
    .option('--metrics-port <port>', 'serve /metrics for Prometheus; 0 takes any port that is free')
    .option('--metrics-host <host>', 'an address of this machine to serve it on', '127.0.0.1')
    .option('--metrics-token', 'only for who shows a token of the gateway')
    .addOption(new Option('--web', 'show it as a page too, on this machine only').conflicts('once'))
    .addOption(new Option('--port <port>', 'of the page; any that is free unless given').implies(WEB))
    .addOption(new Option('--open', 'open the page in the browser').implies(WEB))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: WatchFlags) => {
      const seen = await watchFlow(flags, context);
      if (!seen) return;
      const status = exitStatusOf(seen);
      if (status !== 0) context.exitWith(status);
      output.result(seen, (shown, style) => renderStatus(shown, style, output.width));
    });
}

const WEB = { web: true };

const EXAMPLES = `
A program that ends is seen at once, one that hangs or a host that is gone with the next probe. After three failed probes
a server is restarted where it runs; the sessions of its clients go on.

With --json each line is an observation: one for each change, and one in 30 seconds without any.

examples:
  mcpctl watch
  mcpctl watch --json | jq -c '.servers[] | select(.state != "healthy")'
  mcpctl watch --once                 from cron: ends with 5 when something is wrong
  mcpctl watch --server github --interval 10s
  mcpctl watch --deep                 also finds a key that expired behind a server that answers
  mcpctl watch --metrics-port 9478    one scrape has every process
  mcpctl watch --open                 as a page in the browser, with calls and the audit log

exit status with --once: 0 all is well; 4 a sign-in is needed; 5 a server does not work`;
