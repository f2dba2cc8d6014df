import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../../../core/errors.ts';
import type { Machine } from '../../machine.ts';
import type { Project } from '../../project/project.ts';
import { type BundleManifest, parseBundleManifest } from '../manifest.ts';
import { type BundleFile, collectFiles } from './collect.ts';
import { findSecrets, isEnvironmentFile, type SecretFound } from './find-secrets.ts';
import { ignoring } from './ignored.ts';
import { productionPackages } from './production-packages.ts';

/** What a bundle of a project would hold. */
export interface BundlePlan {
  readonly manifest: BundleManifest;
  readonly files: readonly BundleFile[];
  /** Files and folders left out. */
  readonly ignored: number;
  /** What is odd, as sentences. */
  readonly warnings: readonly string[];
}

export interface BundleOptions {
  /** Paths of files that hold no secret, whatever they look like. */
  readonly notSecret: readonly string[];
}

/**
 * Gathers what goes into a bundle: the project's own files and the packages it needs to run. Nothing is written.
 * @throws BUNDLE_INVALID without a manifest.json or without the program it names; SECRET_IN_BUNDLE.
 */
export async function planBundle(
  project: Project,
  { notSecret }: BundleOptions,
  machine: Machine,
): Promise<BundlePlan> {
  const { folder, bundle, file, name } = project;
  if (!bundle) {
    throw new McpctlError('BUNDLE_INVALID', `${folder} has no manifest.json for a bundle.`, {
      hint: 'Write one, or take over that of a new server: mcpctl new-server example --dry-run',
      data: { folder },
    });
  }
  const manifest = parseBundleManifest(
    JSON.stringify(bundle),
    join(folder, 'manifest.json'),
    machine.platform,
  );
  const isIgnored = await ignoring(await ignoreFile(folder));
  const own = await collectFiles(folder, isIgnored, { skip: ['node_modules'] });
  const packages =
    file.kind === 'node'
      ? await productionPackages({ folder, file: file.content, name }, isIgnored, machine)
      : { files: [], ignored: 0, isLocked: true };
  const files = [...own.files, ...packages.files];
  refuseMissing(manifest, files, folder);
  refuseSecrets(files, notSecret);
  return {
    manifest,
    files,
    ignored: own.ignored + packages.ignored,
    warnings: [
      ...(packages.isLocked ? [] : ['no package-lock.json: another day may give other versions']),
      ...(project.version !== undefined && project.version !== manifest.version
        ? [`manifest.json says version ${manifest.version}, the package ${project.version}`]
        : []),
    ],
  };
}

async function ignoreFile(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, '.mcpbignore'), 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return '';
    throw error;
  }
}

function refuseMissing({ entryPoint }: BundleManifest, files: readonly BundleFile[], folder: string): void {
  if (files.some(({ path }) => path === entryPoint.replace(/^\.\//, ''))) return;
  throw new McpctlError(
    'BUNDLE_INVALID',
    `${entryPoint}, which manifest.json starts, would not be in the bundle.`,
    {
      hint: `Build it (npm run build), and look whether .mcpbignore leaves it out, in ${folder}.`,
      data: { entryPoint },
    },
  );
}

function refuseSecrets(files: readonly BundleFile[], notSecret: readonly string[]): void {
  const environment = files.find(({ path }) => isEnvironmentFile(path));
  const [found] = findSecrets(files.filter(({ path }) => !notSecret.includes(path)));
  const first: SecretFound | undefined = environment
    ? { path: environment.path, line: 1, kind: 'file of variables' }
    : found;
  if (!first) return;
  throw new McpctlError(
    'SECRET_IN_BUNDLE',
    `${first.path}:${first.line} would put a ${first.kind} into the bundle.`,
    {
      hint: environment
        ? 'Take the line that lets it in out of .mcpbignore.'
        : `Take it out, or name the file in .mcpbignore. If it is none: --not-secret ${first.path}`,
      data: { ...first },
    },
  );
}
