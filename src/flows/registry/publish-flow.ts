import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { McpctlError } from '../../core/errors.ts';
import type { ServerDocument } from '../../marketplace/document.ts';
import { readSettings } from '../../settings/read.ts';
import { chooseRegistry, clientOf, type RegistryFlags } from './known-registries.ts';
import { type BundleFlags, bundleToPublish } from './publish-bundle.ts';
import { type BundleFile, documentToPublish, readPublishSource } from './publish-plan.ts';
import { testBeforePublishing } from './publish-tests.ts';

export interface PublishFlags extends RegistryFlags, BundleFlags {
  readonly keepPackages?: boolean;
  /** False with `--no-test`. */
  readonly test: boolean;
  readonly dryRun?: boolean;
}

export interface Published {
  readonly registry: string;
  readonly name: string;
  readonly version: string;
  readonly file?: { readonly name: string; readonly sha256: string; readonly bytes: number };
  /** Packages of `server.json` that were left out because the bundle stands for them. */
  readonly leftOut: readonly string[];
  /** What became of its tests; absent when there was nothing to test, or nobody wanted to. */
  readonly tested?: string;
  readonly document: ServerDocument;
  readonly isDryRun: boolean;
}

/** Publishes a server to a registry: judges `server.json`, sends the bundle, then the document. */
export async function publishFlow(place: string, flags: PublishFlags, context: Context): Promise<Published> {
  const { settings } = await readSettings(context);
  const source = await readPublishSource(place, context);
  const { name, version } = source.document;
  const registry = chooseRegistry(flags, settings, context, name);
  const tested = flags.test ? await testBeforePublishing(source.folder, context) : undefined;
  const bundle = await bundleToPublish(source, flags, context);
  refuseNothing(source.document, bundle);
  const keepPackages = flags.keepPackages ?? false;
  const address = bundle && `${registry.url}/artifacts/${bundle.sha256}/${bundle.name}`;
  const parts = {
    keepPackages,
    ...(bundle && { bundle }),
    ...(address !== undefined && { address }),
    ...(tested !== undefined && { tested }),
  };
  let document = await documentToPublish(source, parts, context);
  if (!flags.dryRun) {
    const client = await clientOf(registry, settings, context);
    await runTasks(
      [
        ...(bundle
          ? [
              {
                title: `Send ${bundle.name}`,
                run: async () => void (await client.upload(bundle)),
              },
            ]
          : []),
        {
          title: `Publish ${name} ${version} to ${registry.name}`,
          run: async () => {
            document = (await client.publish(document)).server;
          },
        },
      ],
      context,
    );
  }
  const leftOut = bundle && !keepPackages ? (source.document.packages ?? []) : [];
  return {
    registry: registry.url,
    name,
    version,
    ...(bundle && { file: { name: bundle.name, sha256: bundle.sha256, bytes: bundle.bytes.length } }),
    leftOut: leftOut
      .filter(({ registryType }) => registryType !== 'mcpb')
      .map(({ registryType, identifier }) => `${registryType}:${identifier}`),
    ...(tested !== undefined && { tested }),
    document,
    isDryRun: flags.dryRun ?? false,
  };
}

/** A server nobody could add helps nobody. */
function refuseNothing(
  { packages = [], remotes = [] }: ServerDocument,
  bundle: BundleFile | undefined,
): void {
  if (packages.length > 0 || remotes.length > 0 || bundle) return;
  throw new McpctlError(
    'SERVER_JSON_INVALID',
    'server.json names no package and no address, so nobody could add it.',
    {
      hint: 'Publish a bundle with it: mcpctl publish --file <bundle.mcpb>',
    },
  );
}

export function renderPublished(published: Published): string {
  const { registry, name, version, file, leftOut, tested, isDryRun } = published;
  return [
    `${isDryRun ? 'Would publish' : 'Published'} ${name} ${version} ${isDryRun ? 'to' : 'at'} ${registry}`,
    ...(file ? [`  ${file.name}, ${file.bytes} bytes, SHA-256 ${file.sha256}`] : []),
    tested === undefined ? '  not tested' : `  tests: ${tested}`,
    ...leftOut.map(
      (one) => `  left out: ${one}, for which the bundle stands (--keep-packages lists it as well)`,
    ),
    ...(isDryRun ? ['Nothing was sent (--dry-run).'] : [`  next: mcpctl add ${name}`]),
  ].join('\n');
}
