import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Home, mcpctlJson } from './cli.ts';
import { fixturePath, writeManifest } from './servers.ts';

/** A home with stand-ins for the services pipelines call, and what they were asked to change. */
export interface ChainHome extends Home {
  /** Changes the stand-ins made since the ledger was last emptied. */
  ledger(): Promise<Record<string, string>[]>;
  emptyLedger(): Promise<void>;
  /** Writes a pipeline; returns its path. */
  write(name: string, text: string): Promise<string>;
  /** Folder in which files hold calls, see the fixture `desk`. */
  readonly hold: string;
  readonly journals: string;
}

/** Names of servers, and what each stands in for. */
const ROLES = { github: 'github', lambda: 'lambda', linear: 'linear', desk: 'desk', weak: 'desk' };

/** `audit.key` is kept in a file, for want of a keychain. */
export async function chainHome({ home, env }: Home, settings: object = {}): Promise<ChainHome> {
  const ledger = join(home, 'ledger.jsonl');
  const hold = join(home, 'hold');
  const folder = join(home, '.config', 'mcpctl');
  await mkdir(hold, { recursive: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ audit: { key: 'file' }, ...settings }));
  const title = '${TITLE:-Fix the door}';
  await writeManifest(
    home,
    Object.fromEntries(
      Object.entries(ROLES).map(([name, role]) => [
        name,
        {
          command: process.execPath,
          args: [fixturePath('desk'), role],
          env: { LEDGER: ledger, HOLD: hold, TITLE: title },
        },
      ]),
    ),
  );
  return {
    home,
    env,
    hold,
    journals: join(home, '.local', 'state', 'mcpctl', 'chains'),
    async ledger() {
      const text = await readFile(ledger, 'utf8').catch(() => '');
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    },
    emptyLedger: async () => await rm(ledger, { force: true }),
    async write(name, text) {
      const path = join(home, name);
      await writeFile(path, text);
      return path;
    },
  };
}

/** Name of the run that began last. */
export async function lastRun({ journals }: ChainHome): Promise<string> {
  const names = (await readdir(journals)).sort();
  return (names.at(-1) ?? '').replace('.jsonl', '');
}

/** Lines of a journal that are whole. */
export async function journalOf({ journals }: ChainHome, run: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(journals, `${run}.jsonl`), 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export async function auditOf(home: Home): Promise<Record<string, unknown>[]> {
  return (await mcpctlJson(['audit', 'query'], home)).document.data.calls;
}
