import { Command, InvalidArgumentError } from 'commander';
import type { Context } from '../cli/context.ts';
import { type TestServerFlags, testServer } from '../flows/trial/test-server.ts';
import { commandWords } from './shared/command-words.ts';

export function command(context: Context): Command {
  return new Command('test-server')
    .description('Test a server: protocol, schemas, declared calls, security, load')
    .argument('[server...]', 'folder, script, address or name in the manifest; this folder without it')
    .option('--only <check...>', 'only these checks or areas')
    .option('--skip <check...>', 'all but these checks or areas')
    .option('--examples <file>', 'declared calls; mcp-tests.yaml of the project unless named')
    .option('--update', 'take what the server answers now as the snapshots of the declared calls')
    .option('--no-calls', 'call no tools but those of declared calls')
    .option('--record <file>', 'stand between a client and the server, and write the session down')
    .option('--replay <file...>', 'repeat recorded sessions, and compare the answers')
    .option('--load', 'ask many things at once for a while, and measure')
    .option('--for <duration>', 'how long --load lasts; 10s unless set')
    .option('--concurrency <number>', 'requests at once with --load; 8 unless set', positive)
    .option('--conformance', 'run the public conformance suite as well; npm fetches it')
    .option('--junit <file>', 'write a JUnit report as well')
    .option('--timeout <duration>', 'longest wait for one answer; 10s unless set')
    .option('--name <name>', 'what clients call the server; decides which names are too long')
    .option('-e, --env <NAME=value>', "a variable for it, secrets as NAME='${NAME}'", collect, [])
    .option('--arg <argument>', 'a further argument for it', collect, [])
    .option('--schema', 'print the JSON Schema of mcp-tests.yaml, for editors')
    .addHelpText('after', EXAMPLES)
    .action(async (_: string[], flags: TestServerFlags, own: Command) => {
      await testServer(commandWords(own), flags, context);
    });
}

const EXAMPLES = `
Tools are called only when they say that they only read, or when a declared call names them. Checks and their ids:
docs/reference/server-checks.md. --verbose shows what was skipped, and why.

examples:
  mcpctl test-server                            the server of this folder
  mcpctl test-server ./my-server --junit report.xml
  mcpctl test-server github --no-calls          one of the manifest, without calling its tools
  mcpctl test-server http://127.0.0.1:3000/mcp --only protocol security
  mcpctl test-server ./my-server --skip parameters-described --update
  mcpctl test-server ./my-server --load --for 1m --concurrency 16
  mcpctl test-server -- node server.js --flag

exit status: 0 no check failed (warnings do not count), 1 one failed`;

function positive(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value > 0 && value <= 1000))
    throw new InvalidArgumentError('Give a number from 1 to 1000.');
  return value;
}

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
