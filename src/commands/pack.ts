import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { containerFlow } from '../flows/pack/container-flow.ts';
import { type PackFlags, packFlow } from '../flows/pack/pack-flow.ts';
import { packDocument, renderPack } from '../flows/pack/pack-view.ts';

interface Flags extends PackFlags {
  readonly container?: boolean;
  readonly tag?: string;
  readonly buildArg: readonly string[];
}

export function command(context: Context): Command {
  const collect = (word: string, words: readonly string[]): string[] => [...words, word];
  return new Command('pack')
    .description('Make the bundle (.mcpb) of a server, or its container image')
    .argument('[folder]', 'folder of the server; this one without it')
    .option('-o, --out <file>', 'where to write the bundle; <name>-<version>.mcpb here without it')
    .option('--no-build', 'pack what was built before')
    .option('--cert <file>', 'sign it with this certificate (PEM), the signer’s own first')
    .option('--key <file>', 'the key of that certificate (PEM, RSA)')
    .option('--not-secret <path>', 'a file that holds no secret, whatever it looks like', collect, [])
    .option('--container', 'build the image of its Dockerfile with docker or podman instead')
    .option('--tag <name>', 'name of the image; <name>:<version> without it')
    .option('--build-arg <name=value>', 'for the Dockerfile, e.g. the base image by digest', collect, [])
    .option('--dry-run', 'show what it would hold, and write nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string | undefined, flags: Flags) => {
      if (flags.container) return await container(folder, flags, context);
      const packed = await packFlow(folder, flags, context);
      for (const warning of packed.plan.warnings) context.output.warn(warning);
      context.output.result(packDocument(packed), (_, style) => renderPack(packed, style, context.cwd));
    });
}

async function container(folder: string | undefined, flags: Flags, context: Context): Promise<void> {
  const image = await containerFlow(folder, flags, context);
  context.output.result(image, ({ tag, engine, command: words, id }, style) =>
    id === undefined
      ? `would run: ${words.join(' ')}`
      : `${style.green('✓')} ${tag} ${style.dim(id)}\nnext: ${engine} run -i --rm ${tag} --stdio`,
  );
}

const EXAMPLES = `
The bundle holds the project's own files, as .mcpbignore says, and the packages it needs to run, installed apart as the
lock file says, without their scripts. The same project gives the same bytes. A file that would carry a secret stops it.

examples:
  mcpctl pack                           builds, packs, shows what is in it
  mcpctl pack ./my-server --dry-run
  mcpctl pack --cert signer.pem --key key.pem
  mcpctl pack --container --build-arg NODE_IMAGE=node:22-slim@sha256:<digest>`;
