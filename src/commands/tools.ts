import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { parseDuration } from '../cli/duration.ts';
import { estimateTokens } from '../core/token-estimate.ts';
import { renderSurvey, renderTool, renderTools, tellCost } from '../flows/calls/tools-view.ts';
import { createKnownTools } from '../gateway/servers/known-tools.ts';
import { surveyTools, toolsOf } from '../gateway/servers/survey-tools.ts';
import { readManifests } from '../manifest/manifest.ts';
import { findTool } from '../mcp/tool-arguments.ts';
import { hashTools } from '../mcp/tools.ts';
import { readSettings } from '../settings/read.ts';

export function command(context: Context): Command {
  return new Command('tools')
    .description('List the tools of a server, or of all')
    .argument('[server]', 'name in the manifest; all servers without it')
    .argument('[tool]', 'show this tool with its arguments')
    .option('--timeout <duration>', 'longest silence of a server, e.g. 10s; 30s unless set otherwise')
    .addHelpText('after', EXAMPLES)
    .action(
      async (server: string | undefined, tool: string | undefined, { timeout }: { timeout?: string }) => {
        const { output } = context;
        const { width } = output;
        const timeoutMs =
          timeout === undefined
            ? (await readSettings(context)).settings.timeouts.startMs
            : parseDuration(timeout, '--timeout');
        const machine = { machine: context, timeoutMs };
        if (server === undefined) return await all(context, machine.timeoutMs);
        const note = (line: string): void => output.note(line);
        const tools = await toolsOf({ ...machine, server, note });
        await createKnownTools(context.paths.cache).write(server, tools);
        if (tool === undefined) {
          const tokens = estimateTokens(JSON.stringify(tools));
          const answer = { server, hash: hashTools(tools).hash, tokens, tools };
          output.result(answer, (_, style) => `${renderTools(tools, style, width)}\n\n${tellCost(tokens)}`);
        } else {
          output.result(findTool(tools, tool, server), (found, style) => renderTool(found, style, width));
        }
      },
    );
}

const EXAMPLES = `
effect: what the server claims: reads, writes (adds only), changes (may destroy), ? (no claim)

examples:
  mcpctl tools                  every server, several at once
  mcpctl tools github
  mcpctl tools github search_issues
  mcpctl tools github --json    whole definitions, with the hash the lock keeps`;

async function all(context: Context, timeoutMs: number): Promise<void> {
  const { output, paths, cwd } = context;
  const { servers } = await readManifests({ paths, cwd });
  const names = [...servers.values()].filter(({ entry }) => entry.disabled !== true).map(({ name }) => name);
  const found = await surveyTools(names, { machine: context, timeoutMs, note: (line) => output.note(line) });
  const known = createKnownTools(paths.cache);
  for (const { server, tools, error } of found) if (!error) await known.write(server, tools);
  const failed = found.find(({ error }) => error);
  if (failed?.error) context.exitWith(failed.error.exitStatus);
  const answer = found.map(({ server, tools, error }) =>
    error
      ? { server, error: { code: error.code, message: error.message, hint: error.hint } }
      : { server, tools },
  );
  output.result({ servers: answer }, (_, style) =>
    found.length === 0
      ? 'No servers yet. Add one: mcpctl add <name>'
      : renderSurvey(found, style, output.width),
  );
}
