import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { progressLine } from '../cli/progress-line.ts';
import { findLeftovers } from '../flows/dev/leftovers.ts';
import { renderReport, reportDocument } from '../flows/doctor/doctor-view.ts';
import { serverMachine } from '../flows/servers/server-machine.ts';
import { settingsOrDefaults } from '../flows/settings/settings-or-defaults.ts';
import { AREAS, type Area } from '../preflight/check.ts';
import { examine } from '../preflight/examine.ts';
import { createLocalMachine } from '../preflight/local-machine.ts';
import { type Mended, mend, mendable } from '../preflight/mend.ts';
import { reinstall } from '../servers/reinstall.ts';

interface Options {
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly offline?: boolean;
  readonly only?: Area[];
  /** Seconds; what the settings say when undefined. */
  readonly timeout?: number;
}

export function command(context: Context): Command {
  return new Command('doctor')
    .description('Find out what is wrong with this machine, the clients and the servers')
    .argument('[server...]', 'check these servers only')
    .option('--fix', 'apply the fixes that lose nothing, after showing them')
    .option('-y, --yes', 'apply them without asking')
    .option('--offline', 'leave out what needs the network')
    .addOption(new Option('--only <area...>', 'check this area only').choices(AREAS))
    .option('--timeout <seconds>', 'how long a server may take to answer; 30 unless set otherwise', seconds)
    .addHelpText('after', EXAMPLES)
    .action(async (servers: string[], options: Options) => {
      context.exitWith(await diagnose(servers, options, context));
    });
}

const EXAMPLES = `
examples:
  mcpctl doctor                    everything
  mcpctl doctor linear postgres    two servers
  mcpctl doctor --only machine     without starting a server
  mcpctl doctor --fix              put right what can be put right

exit status: 0 no errors (warnings do not count), 5 errors found`;

async function diagnose(servers: string[], options: Options, context: Context): Promise<number> {
  const { output, prompt, signal } = context;
  const line = progressLine(output);
  const settings = await settingsOrDefaults(context);
  const look = async () => {
    const report = await examine({
      machine: createLocalMachine(context),
      only: options.only ?? (servers.length > 0 ? ['manifest', 'servers'] : []),
      servers,
      isOffline: options.offline ?? false,
      serverDeadlineMs: options.timeout === undefined ? settings.timeouts.startMs : options.timeout * 1_000,
      signal,
      findLeftovers: () => findLeftovers(context),
      reinstall: (name, lock) => reinstall(name, lock, serverMachine(context, settings)),
      onProgress: (done, total, { title }) => line.show(`checking ${done}/${total} ${title}`),
    });
    line.clear();
    return report;
  };
  let report = await look();
  let mended: Mended[] = [];
  const fixes = options.fix ? mendable(report.findings) : [];
  if (fixes.length > 0) {
    for (const { subject, fix } of fixes) output.note(`${subject}: ${fix.command} (${fix.description})`);
    const question = {
      message: `Apply ${fixes.length === 1 ? 'this fix' : `these ${fixes.length} fixes`}?`,
      flag: '--yes',
    };
    if (options.yes || (await prompt.confirm(question))) {
      mended = await mend(fixes);
      report = await look();
    }
  }
  output.result(reportDocument(report, mended), (document, style) =>
    renderReport(document, style, output.width),
  );
  return report.errors > 0 ? 5 : 0;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 600)) throw new InvalidArgumentError('Give seconds between 0 and 600.');
  return value;
}
