import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { renderTokens } from '../../flows/gateway/token-flow.ts';
import {
  listRegistryTokens,
  makeRegistryToken,
  revokeRegistryToken,
  type TokenFlags,
} from '../../flows/registry/registry-place.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('token')
    .description('Make, list and revoke the tokens publishers show to registry serve')
    .option('--name <name>', 'whom the token is for; what they publish is theirs under this name', 'default')
    .option(
      '--namespace <pattern...>',
      "what the token may publish, such as 'io.acme/*'; without, it may only rate",
    )
    .option('--admin', 'let the token publish and change everything')
    .option('--list', 'list the tokens there are')
    .option('--revoke <name>', 'make a token worthless, also where the registry runs')
    .option('--data <folder>', 'folder of the registry, as with registry serve')
    .addHelpText('after', EXAMPLES)
    .action(async ({ list, revoke, ...flags }: TokenFlags & { list?: boolean; revoke?: string }) => {
      if (revoke !== undefined) {
        const done = await revokeRegistryToken(revoke, flags, context);
        output.result(done, () => `The token ${revoke} is worthless now.`);
      } else if (list) {
        const found = await listRegistryTokens(flags, context);
        output.result(found, ({ tokens }) => renderTokens(tokens, output.width, 'registry'));
      } else {
        const made = await makeRegistryToken(flags, context);
        output.result(made, ({ token }) => token);
        const may =
          made.namespaces.length > 0 ? `publish ${made.namespaces.join(', ')}` : 'rate servers, not publish';
        output.note(`It may ${may}. Keep it: no more than its SHA-256 is stored.`);
      }
    });
}

const EXAMPLES = `
examples:
  mcpctl registry token --name ci --namespace 'io.acme/*'
  mcpctl registry token --name weather-team --namespace io.acme/weather
  mcpctl registry token --name ada                     may rate, not publish
  mcpctl registry token --list
  mcpctl registry token --revoke ci`;
