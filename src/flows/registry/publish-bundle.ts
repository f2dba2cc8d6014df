import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { isSystemError } from '../../core/errors.ts';
import { type BundleFile, type PublishSource, readBundleFile } from './publish-plan.ts';

export interface BundleFlags {
  /** A bundle to publish with the document. */
  readonly file?: string;
  /** False with `--no-pack`. */
  readonly pack: boolean;
}

/** The bundle that was named, else the one `pack` makes of a folder with a bundle's manifest; undefined without either. */
export async function bundleToPublish(
  { folder, document }: PublishSource,
  { file, pack }: BundleFlags,
  context: Context,
): Promise<BundleFile | undefined> {
  if (file !== undefined) return await readBundleFile(file, document, context);
  if (!pack || !(await hasManifest(folder))) return undefined;
  const { packFlow } = await import('../pack/pack-flow.ts');
  const aside = await mkdtemp(join(tmpdir(), 'mcpctl-publish-'));
  try {
    const out = join(aside, 'server.mcpb');
    await packFlow(folder, { out, build: true, notSecret: [] }, context);
    return await readBundleFile(out, document, context);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function hasManifest(folder: string): Promise<boolean> {
  try {
    return (await readFile(join(folder, 'manifest.json'), 'utf8')).includes('"manifest_version"');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}
