import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import { withHiddenShown } from '../../core/hidden-characters.ts';
import { installFolder } from '../install-folder.ts';
import type { Machine } from '../machine.ts';
import { type BundleManifest, parseBundleManifest } from '../mcpb/manifest.ts';
import { openSigned, type Signer } from '../mcpb/signature.ts';
import { commandOfBundle, specOfBundle } from '../mcpb/spec.ts';
import { readArchive, writeFiles } from '../mcpb/unpack.ts';
import type { Installed } from '../npm/install.ts';
import { needProgram } from '../programs.ts';
import { putInPlace, withStaging } from '../staging.ts';
import { recordTree } from '../tree.ts';
import type { PackageSource } from './source.ts';

const MAX_BUNDLE = 256 * 1024 * 1024;

export const mcpbSource: PackageSource<'mcpb'> = {
  type: 'mcpb',
  programs: [],
  async resolve(spec, machine) {
    const { origin, sha256: promised } = spec.wanted;
    const bundle = await readBundle(origin, machine);
    const sha256 = createHash('sha256').update(bundle).digest('hex');
    if (promised !== undefined && promised !== sha256) {
      throw new McpctlError(
        'INTEGRITY_MISMATCH',
        `${origin} is not the bundle that was announced (SHA-256 differs).`,
        {
          hint: 'Tell its publisher; do not run it.',
        },
      );
    }
    // Only what was signed is unpacked.
    const { archive, signer } = await openSigned(bundle, origin, machine.now());
    const text = (await readArchive(archive, origin, 'manifest.json')).get('manifest.json');
    if (!text) throw new McpctlError('BUNDLE_INVALID', `${origin} holds no manifest.json.`);
    const manifest = parseBundleManifest(new TextDecoder().decode(text), origin, machine.platform);
    if (manifest.type === 'uv') needProgram(['uv'], spec.name, machine);
    if (manifest.type === 'python')
      needProgram([manifest.run.command, 'python3', 'python'], spec.name, machine);
    const folder = installFolder(machine.paths, spec.name, manifest.version, machine.platform);
    const place = { folder, home: machine.paths.home, platform: machine.platform };
    return {
      spec: specOfBundle(spec, manifest, place),
      source: { type: 'mcpb', origin, sha256, name: manifest.name, version: manifest.version },
      scripted: [],
      facts: [
        `bundle ${manifest.name} ${manifest.version}, SHA-256 ${sha256.slice(0, 16)}…`,
        ...(signer ? [describeSigner(signer)] : []),
      ],
      command: ({ args }) => ({ command: commandOfBundle(manifest, place), args }),
      install: () => install(archive, { manifest, origin, sha256, folder }, machine),
    };
  },
};

/** A name in a certificate is whatever its maker wrote, so the fingerprint stands beside it. */
function describeSigner({ name, issuer, fingerprint, isOutOfDate }: Signer): string {
  const by = issuer === name ? 'by itself' : `by ${shownName(issuer)}`;
  const date = isOutOfDate ? ', whose time is over' : '';
  return `signed by ${shownName(name)}, certified ${by}${date} (certificate ${fingerprint.slice(0, 16)}…)`;
}

function shownName(name: string): string {
  return withHiddenShown(name).replaceAll(/\s+/g, ' ').slice(0, 100);
}

interface Bundle {
  readonly manifest: BundleManifest;
  readonly origin: string;
  readonly sha256: string;
  readonly folder: string;
}

async function install(archive: Uint8Array, bundle: Bundle, machine: Machine): Promise<Installed> {
  const { manifest, origin, sha256, folder } = bundle;
  return await withStaging(machine.paths, async (staging) => {
    const unpacked = join(staging, 'bundle');
    await mkdir(unpacked);
    await writeFiles(await readArchive(archive, origin), unpacked);
    await checkEntryPoint(join(unpacked, manifest.entryPoint), bundle);
    recordTree({
      folder: unpacked,
      integrity: sha256,
      entry: manifest.entryPoint,
      packages: ['.'],
      isWhole: true,
    });
    const { undo } = await putInPlace(unpacked, folder);
    return { folder, wasThere: false, undo };
  });
}

async function checkEntryPoint(path: string, { manifest, origin }: Bundle): Promise<void> {
  try {
    await stat(path);
    // Zip archives made on Windows carry no permission to execute.
    if (manifest.type === 'binary') await chmod(path, 0o755);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw new McpctlError(
      'BUNDLE_INVALID',
      `${origin} does not hold its own entry point ${manifest.entryPoint}.`,
      {
        hint: 'Get it again from its publisher.',
      },
    );
  }
}

async function readBundle(origin: string, machine: Machine): Promise<Uint8Array> {
  if (!/^https?:\/\//.test(origin)) return await readLocal(origin);
  const response = await machine.fetch(origin, {
    signal: machine.signal,
    maxBytes: MAX_BUNDLE,
    timeoutMs: 600_000,
  });
  if (!response.ok) {
    throw new McpctlError('PACKAGE_NOT_FOUND', `${origin} answered ${response.status} instead of a bundle.`, {
      hint: 'Check the address.',
    });
  }
  return new Uint8Array(await response.arrayBuffer());
}

async function readLocal(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BUNDLE) throw tooLarge(path);
    return await readFile(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES')) throw error;
    throw new McpctlError('SPEC_INVALID', `The bundle ${path} cannot be read (${error.code}).`, {
      cause: error,
    });
  }
}

function tooLarge(origin: string): McpctlError {
  return new McpctlError('BUNDLE_INVALID', `The bundle ${origin} is larger than 256 MiB.`);
}
