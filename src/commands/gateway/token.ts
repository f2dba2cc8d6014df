import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { listTokens, makeToken, removeToken, renderTokens } from '../../flows/gateway/token-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('token')
    .description('Make, list and revoke the tokens clients show to gateway --http')
    .option('--name <name>', 'whom the token is for; limits, cache and audit log tell names apart', 'default')
    .option('--profile <profile>', 'the token is for this profile of the settings alone')
    .option('--list', 'list the tokens there are')
    .option('--revoke <name>', 'make a token worthless, also where a gateway runs')
    .addHelpText('after', EXAMPLES)
    .action(async ({ name, profile, list, revoke }: TokenFlags) => {
      if (revoke !== undefined) {
        output.result(await removeToken(revoke, context), () => `The token ${revoke} is worthless now.`);
      } else if (list) {
        output.result(await listTokens(context), ({ tokens }) => renderTokens(tokens, output.width));
      } else {
        const made = await makeToken({ name, profile }, context);
        output.result(made, ({ token }) => token);
        output.note(
          'Keep it: no more than its SHA-256 is stored. Clients send it as: Authorization: Bearer <token>',
        );
      }
    });
}

interface TokenFlags {
  readonly name: string;
  readonly profile?: string;
  readonly list?: boolean;
  readonly revoke?: string;
}

const EXAMPLES = `
examples:
  mcpctl gateway token
  mcpctl gateway token --name laptop
  mcpctl gateway token --name intern --profile reading
  mcpctl gateway token --list
  mcpctl gateway token --revoke laptop`;
