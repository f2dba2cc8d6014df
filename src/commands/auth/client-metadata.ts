import { resolve } from 'node:path';
import { Command } from 'commander';
import { clientMetadata } from '../../auth/client-metadata.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';

interface Options {
  readonly url: string;
  readonly out?: string;
  readonly port: readonly number[];
}

export function command(context: Context): Command {
  return new Command('client-metadata')
    .description(
      'Write the document that stands for your mcpctl at servers that take addresses as client ids',
    )
    .requiredOption('--url <url>', 'where the document is going to be, with https')
    .option('--out <file>', 'write it there instead of printing it')
    .option('--port <port>', 'also come back to this port, for servers that compare ports', port, [])
    .addHelpText('after', EXAMPLES)
    .action(async ({ url, out, port: ports }: Options) => {
      const document = clientMetadata(url, ports);
      const text = `${JSON.stringify(document, null, 2)}\n`;
      const file = out === undefined ? undefined : resolve(context.cwd, out);
      if (file !== undefined) await writeFileAtomic(file, text);
      const next = [
        `Put it at ${url}, readable for everybody, as application/json and without a redirect.`,
        `Then: mcpctl config set auth.clientMetadataUrl ${url}`,
      ];
      for (const line of next) context.output.note(line);
      context.output.result({ document, ...(file !== undefined && { file }), next }, () =>
        file === undefined ? text.trimEnd() : `Wrote ${file}.`,
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl auth client-metadata --url https://example.com/mcpctl/client.json --out client.json

A static web page will do. One document serves everybody in your company: whoever signs in with it is seen as the same
program by the vendor, and nobody registers again.`;

function port(text: string, all: readonly number[]): number[] {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return [...all, number];
  throw new McpctlError('USAGE', `${JSON.stringify(text)} is no port.`);
}
