import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { isSystemError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import type { Paths } from '../../platform/paths.ts';
import { identifyThisProcess, livenessOf, type ProcessIdentity } from '../../platform/process-identity.ts';
import type { Leftover } from '../../preflight/situation.ts';
import { type Registered, takeOut } from './registration.ts';

/** Remembers, until what is returned is called, that this process will take a server out again. */
export async function remember(
  registered: Registered,
  { paths }: { readonly paths: Paths },
): Promise<() => Promise<void>> {
  const path = fileOf(registered.server, paths);
  await mkdir(folderOf(paths), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ v: 1, process: await identifyThisProcess(), ...registered });
  await writeFileAtomic(path, `${text}\n`);
  return () => rm(path, { force: true });
}

/** True while another `dev` that still runs has a server of that name. */
export async function isTaken(
  server: string,
  { paths, platform }: Pick<Context, 'paths' | 'platform'>,
): Promise<boolean> {
  const found = await read(fileOf(server, paths));
  return found !== undefined && (await livenessOf(found.process, platform)) !== 'dead';
}

/** What a `dev` left that ended without taking it out. Changes nothing. */
export async function findLeftovers(context: Context): Promise<Leftover[]> {
  const { paths, platform } = context;
  const leftovers: Leftover[] = [];
  for (const name of await filesIn(folderOf(paths))) {
    const path = join(folderOf(paths), name);
    const found = await read(path);
    if (!found || (await livenessOf(found.process, platform)) !== 'dead') continue;
    leftovers.push({
      server: found.server,
      async takeOut() {
        await takeOut(found, context);
        await rm(path, { force: true });
      },
    });
  }
  return leftovers;
}

/** Takes all of it out, and says so. */
export async function removeLeftovers(context: Context): Promise<void> {
  for (const leftover of await findLeftovers(context)) {
    await leftover.takeOut();
    context.output.note(`Took out ${leftover.server}, which a dev that was ended had left in the manifest.`);
  }
}

type Remembered = Registered & { readonly process: ProcessIdentity };

async function read(path: string): Promise<Remembered | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    const isWhole =
      isRecord(value) &&
      typeof value.server === 'string' &&
      Array.isArray(value.clients) &&
      Array.isArray(value.created) &&
      isRecord(value.process);
    return isWhole ? (value as unknown as Remembered) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isOutOfReach(error)) return undefined;
    throw error;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (isOutOfReach(error)) return [];
    throw error;
  }
}

/** Not there, or not for this user to read: doctor has a finding for the latter, and has to get that far. */
function isOutOfReach(error: unknown): boolean {
  return isSystemError(error, 'ENOENT', 'EACCES');
}

function folderOf({ state }: Paths): string {
  return join(state, 'dev');
}

function fileOf(server: string, paths: Paths): string {
  return join(folderOf(paths), `${server}.json`);
}
