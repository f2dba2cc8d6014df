import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { execute } from '../../platform/execute.ts';
import { archiveOf } from '../../servers/mcpb/pack/archive.ts';
import { type BundlePlan, planBundle } from '../../servers/mcpb/pack/plan-bundle.ts';
import { signArchive } from '../../servers/mcpb/pack/sign.ts';
import { type Project, readProject } from '../../servers/project/project.ts';
import { readSettings } from '../../settings/read.ts';
import { serverMachine } from '../servers/server-machine.ts';

export interface PackFlags {
  readonly out?: string;
  readonly dryRun?: boolean;
  /** False with `--no-build`. */
  readonly build: boolean;
  readonly notSecret: readonly string[];
  /** PEM files. */
  readonly cert?: string;
  readonly key?: string;
}

export interface Packed {
  readonly project: Project;
  readonly plan: BundlePlan;
  /** Absolute. */
  readonly out: string;
  /** Bytes of the bundle. */
  readonly size: number;
  readonly sha256: string;
  readonly isSigned: boolean;
  readonly isWritten: boolean;
}

/** Longest wait for a build, in milliseconds. */
const BUILD_MS = 600_000;

/** Builds a project and makes its bundle. */
export async function packFlow(
  folder: string | undefined,
  flags: PackFlags,
  context: Context,
): Promise<Packed> {
  const { cwd, signal, output } = context;
  const keys = await readKeys(flags, context);
  const project = await readProject(resolve(cwd, folder ?? '.'));
  const { settings } = await readSettings(context);
  const machine = serverMachine(context, settings);
  const made: { plan?: BundlePlan; bytes?: Uint8Array } = {};
  const { scripts } = project.file.content;
  const builds = flags.build && project.file.kind === 'node' && isRecord(scripts) && 'build' in scripts;
  await runTasks(
    [
      ...(builds ? [{ title: 'Build it', run: () => build(project, context) }] : []),
      {
        title: 'Gather its files and the packages it needs to run',
        run: async () => {
          made.plan = await planBundle(project, { notSecret: flags.notSecret }, machine);
        },
      },
      {
        title: keys ? 'Compress and sign' : 'Compress',
        run: async () => {
          const archive = await archiveOf(made.plan?.files ?? []);
          made.bytes = keys ? await signArchive(archive, keys) : archive;
        },
      },
    ],
    { output, signal },
  );
  const { plan, bytes } = made;
  if (!plan || !bytes) throw new McpctlError('INTERNAL', 'Nothing was gathered for the bundle.');
  const { name, version } = plan.manifest;
  const out = resolve(cwd, flags.out ?? `${fileName(name)}-${fileName(version)}.mcpb`);
  if (!flags.dryRun) await writeFileAtomic(out, bytes, { mode: 0o644, folderMode: 0o755 });
  return {
    project,
    plan,
    out,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    isSigned: keys !== undefined,
    isWritten: !flags.dryRun,
  };
}

async function build({ folder, name }: Project, { env, signal, cwd }: Context): Promise<void> {
  const args = ['run', 'build'];
  const ended = await execute({ command: 'npm', args, env, cwd: folder, deadline: BUILD_MS, signal });
  if (ended.status === 0) return;
  const said = `${ended.stdout}\n${ended.stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new McpctlError('PACK_FAILED', `${name} could not be built:\n${said}`, {
    hint: `Install its packages first: npm --prefix ${folder === cwd ? '.' : folder} install. To pack what was built before: --no-build`,
  });
}

async function readKeys(
  { cert, key }: PackFlags,
  { cwd, prompt }: Context,
): Promise<{ certificates: string; key: string; passphrase?: string } | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new McpctlError('USAGE', 'A signature needs both --cert and --key.', {
      hint: 'mcpctl pack --cert certificate.pem --key key.pem',
    });
  const [certificates, secret] = await Promise.all([readPem(resolve(cwd, cert)), readPem(resolve(cwd, key))]);
  if (!/ENCRYPTED/.test(secret)) return { certificates, key: secret };
  const passphrase = await prompt.password({
    message: `Passphrase of ${key}:`,
    flag: 'a key that is not encrypted',
  });
  return { certificates, key: secret, passphrase };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new McpctlError('FILE_UNREADABLE', `Could not read ${path}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Without what a name in a manifest could do to a path. */
function fileName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._+-]+/g, '-').replace(/^[.-]+/, '') || 'server';
}
