import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { McpctlError } from '../core/errors.ts';
import { forgetAsked } from '../flows/routing/asked.ts';
import { type BatchOptions, routeBatch } from '../flows/routing/batch-flow.ts';
import { routeTask } from '../flows/routing/route-flow.ts';
import { renderRoute } from '../flows/routing/route-view.ts';
import { forgetSaid } from '../flows/routing/said.ts';
import { sayOf } from '../flows/routing/say-flow.ts';

interface Options extends Partial<BatchOptions> {
  readonly top: string;
  readonly explain?: boolean;
  readonly confirm?: string;
  readonly wrong?: string;
  readonly forget?: boolean;
}

export function command(context: Context): Command {
  const { output } = context;
  return new Command('route')
    .description('Find the server and tool for a task')
    .argument('[task]', 'what you want done, in your own words')
    .option('--top <n>', 'how many suggestions', '5')
    .option('--explain', 'say why: names, words and actions that speak for each; always with --json')
    .option('--confirm <server/tool>', 'this is the tool for that task; remembered here')
    .option('--wrong <server/tool>', 'this is not the tool for that task; remembered here')
    .option('--forget', 'remove everything that was confirmed, called wrong or learned')
    .option('--catalog <file>', 'route over the servers of this file instead of yours')
    .option('--queries <file>', 'with --catalog: the requests')
    .option('--out <file>', 'with --catalog: gets a JSON line for each request')
    .addHelpText('after', EXAMPLES)
    .action(async (task: string | undefined, options: Options) => {
      if (options.catalog ?? options.queries ?? options.out) {
        output.result(await routeBatch(batchOf(options, task), context), (done) =>
          [
            `${done.matched} of ${done.queries} requests have a tool; the answers are in ${done.out}`,
            `${done.servers} servers, ${done.tools} tools: index ${done.buildMs} ms, a request ${done.p50Ms} ms`,
          ].join('\n'),
        );
      } else if (options.forget) {
        const forgotten = await forgetSaid(context.paths);
        await forgetAsked(context.paths);
        output.result(
          { forgotten },
          () => `Forgotten: ${forgotten} ${forgotten === 1 ? 'answer' : 'answers'}.`,
        );
      } else if (task === undefined || task.trim() === '') throw nothingAsked();
      else if (options.confirm ?? options.wrong) {
        output.result(await sayOf(task, options, context), ({ server, tool, isRight }) =>
          isRight
            ? `Remembered for such tasks: ${server}/${tool}`
            : `Not for such tasks any more: ${server}/${tool}`,
        );
      } else {
        const { explain = false, top } = options;
        const answer = await routeTask(task, { explain: explain || output.json, top: countOf(top) }, context);
        output.result(answer, (shown, style) => renderRoute(shown, style, output.width));
      }
    });
}

const EXAMPLES = `
Nothing is started or called: it goes by the tools that were listed last. Below its threshold it says that nothing fits.

examples:
  mcpctl route "open a pull request for this branch"
  mcpctl route "who is on call tonight?" --explain
  mcpctl route "who is on call tonight?" --confirm pagerduty/list_oncalls
  mcpctl route --catalog servers.json --queries requests.json --out answers.jsonl

servers.json: [{"id","title","description","category","tags","tools":[{"name","description","params":[["name","text"]],
"examples":["…"]}]}]; requests.json: [{"id","q"}]; each answer: {"id","ranked":[{"server","tool"}],"match","steps"}`;

function batchOf({ catalog, queries, out }: Options, task: string | undefined): BatchOptions {
  if (catalog !== undefined && queries !== undefined && out !== undefined && task === undefined)
    return { catalog, queries, out };
  throw new McpctlError('USAGE', '--catalog, --queries and --out belong together, without a task.', {
    hint: 'mcpctl route --catalog servers.json --queries requests.json --out answers.jsonl',
  });
}

function nothingAsked(): McpctlError {
  return new McpctlError('USAGE', 'Say what you want done.', { hint: 'mcpctl route "open a pull request"' });
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count <= 50) return count;
  throw new McpctlError('USAGE', `--top takes a number from 1 to 50, not ${JSON.stringify(text)}.`, {
    hint: 'mcpctl route "…" --top 3',
  });
}
