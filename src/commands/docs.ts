import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { type DocsFlags, docsFlow } from '../flows/docs/docs-flow.ts';
import { docsDocument, renderDocs } from '../flows/docs/docs-view.ts';

export function command(context: Context): Command {
  return new Command('docs')
    .description('Write the documentation of a server from what it says of itself')
    .argument('[server]', 'name in the manifest, or folder of a server; this folder without it')
    .option('--html', 'one self-contained HTML file instead of Markdown')
    .option('-o, --out <path>', 'write this file; a folder gets a guide for each tool')
    .option('--check', 'change nothing; exit 1 when the file no longer says what the server says')
    .option('--all', 'every server of your manifests, as guides in a folder')
    .addOption(
      new Option(
        '--examples <which>',
        'calls made for examples; safe for one server, none with --all',
      ).choices(['safe', 'declared', 'none']),
    )
    .option('--timeout <duration>', 'longest silence of a server, e.g. 10s; 30s unless set otherwise')
    .addHelpText('after', EXAMPLES)
    .action(async (server: string | undefined, flags: DocsFlags) => {
      const isCheck = flags.check ?? false;
      const done = await docsFlow(server, flags, context);
      const text = await renderDocs(done, { isCheck, style: context.output.answerStyle, cwd: context.cwd });
      if (isCheck && done.changes.length > 0) context.exitWith(1);
      const [failure] = done.failed;
      if (failure) context.exitWith(failure.error.exitStatus);
      context.output.result(docsDocument(done, isCheck), () => text);
    });
}

const EXAMPLES = `
safe: tools that claim to read only and to stay within the server, and calls somebody wrote down; each is really made,
its answer is cut and holds no secret. declared: only those written down.

examples:
  mcpctl docs ./my-server --out API.md         Markdown
  mcpctl docs ./my-server --out API.html --html
  mcpctl docs ./my-server --out API.md --check in a workflow: has somebody changed a tool and not the page?
  mcpctl docs github --examples none           of an installed server, without calling it
  mcpctl docs --all --out .claude/mcp          a guide for each tool of every server`;
