import { dirname } from 'node:path';
import { quoted } from '../../../core/shell-quote.ts';
import type { Check } from '../../check.ts';
import { type Finding, finding } from '../../finding.ts';
import type { FileFacts, Machine } from '../../machine.ts';
import { nearestExisting } from './disk.ts';

interface Place {
  readonly path: string;
  readonly kind: 'folder' | 'file';
  /** Bits others must not have. */
  readonly forbidden: number;
}

export const folders: Check = {
  id: 'folders',
  area: 'machine',
  title: 'Own folders',
  async run({ machine }) {
    const findings: Finding[] = [];
    for (const place of placesOf(machine)) {
      findings.push(...(await judge(place, machine)));
    }
    // One read-only parent makes every folder below it unwritable; it is one thing to put right.
    const seen = new Set<string>();
    const distinct = findings.filter(({ code, subject }) => {
      const key = `${code} ${subject}`;
      return seen.has(key) ? false : seen.add(key);
    });
    return { findings: distinct };
  },
};

/** Nobody but the user may look into state; nobody else may write what is run. */
function placesOf({ paths }: Machine): Place[] {
  const shared = 0o022;
  const secret = 0o077;
  return [
    { path: dirname(paths.manifest), kind: 'folder', forbidden: shared },
    { path: paths.manifest, kind: 'file', forbidden: shared },
    { path: paths.settings, kind: 'folder', forbidden: shared },
    { path: paths.data, kind: 'folder', forbidden: shared },
    { path: paths.servers, kind: 'folder', forbidden: shared },
    { path: paths.state, kind: 'folder', forbidden: secret },
    { path: paths.audit, kind: 'folder', forbidden: secret },
    { path: paths.logs, kind: 'folder', forbidden: secret },
    { path: paths.run, kind: 'folder', forbidden: secret },
    { path: paths.backups, kind: 'folder', forbidden: secret },
  ];
}

async function judge(place: Place, machine: Machine): Promise<Finding[]> {
  const { files, userId, platform } = machine;
  const facts = await files.stat(place.path);
  if (!facts) return await judgeParent(place.path, machine);
  if (facts.kind !== place.kind) {
    return [
      finding('FOLDER_IS_A_FILE', {
        subject: place.path,
        message: `${place.path} is not a ${place.kind}.`,
        cause: `mcpctl keeps a ${place.kind} of its own there.`,
        fix: {
          command: `mv ${quoted(place.path)} ${quoted(`${place.path}.old`)}`,
          description: 'moves it out of the way',
          isSafe: false,
        },
      }),
    ];
  }
  if (platform === 'win32') return (await files.isWritable(place.path)) ? [] : [readOnly(place.path)];
  if (userId !== undefined && userId !== 0 && facts.owner !== userId) return [foreign(place.path, facts)];
  if ((facts.mode & 0o200) === 0 || !(await files.isWritable(place.path)))
    return [readOnly(place.path, facts, machine)];
  const tooMuch = facts.mode & place.forbidden;
  return tooMuch === 0 ? [] : [openToOthers(place, facts, machine)];
}

async function judgeParent(path: string, machine: Machine): Promise<Finding[]> {
  const parent = await nearestExisting(path, machine);
  const facts = await machine.files.stat(parent);
  if (!facts) return [];
  if (facts.kind !== 'folder') {
    return [
      finding('FOLDER_IS_A_FILE', {
        subject: parent,
        message: `${parent} is a file; ${path} cannot be made below it.`,
        cause: 'A program or a mistyped command put a file there.',
        fix: {
          command: `mv ${quoted(parent)} ${quoted(`${parent}.old`)}`,
          description: 'moves it out of the way',
          isSafe: false,
        },
      }),
    ];
  }
  const closed = machine.platform !== 'win32' && (facts.mode & 0o222) === 0;
  if (!closed && (await machine.files.isWritable(parent))) return [];
  const { userId } = machine;
  if (
    userId !== undefined &&
    userId !== 0 &&
    facts.owner !== userId &&
    parent.startsWith(machine.paths.home)
  ) {
    return [foreign(parent, facts)];
  }
  return [readOnly(parent, facts, machine)];
}

function foreign(path: string, { owner }: FileFacts): Finding {
  return finding('FOLDER_OWNED_BY_ANOTHER', {
    subject: path,
    message: `${path} belongs to ${owner === 0 ? 'root' : `user ${owner}`}, not to you.`,
    cause: owner === 0 ? 'mcpctl or npm was once run with sudo.' : 'It was copied from another account.',
    fix: {
      command: `sudo chown -R "$(id -u)" ${quoted(path)}`,
      description: 'gives it back to you',
      isSafe: false,
    },
  });
}

function readOnly(path: string, facts?: FileFacts, machine?: Machine): Finding {
  const isOwn =
    facts !== undefined &&
    machine !== undefined &&
    (facts.mode & 0o200) === 0 &&
    facts.owner === machine.userId;
  return finding('FOLDER_READ_ONLY', {
    subject: path,
    message: `mcpctl cannot write in ${path}.`,
    cause: isOwn
      ? `Its permissions are ${facts.mode.toString(8)}: not even its owner may write.`
      : 'The file system is read-only, or the permissions do not let you write.',
    fix: {
      command: `chmod u+rwX ${quoted(path)}`,
      description: 'makes it writable for you',
      isSafe: isOwn,
      ...(isOwn && {
        apply: () => machine.files.chmod(path, facts.mode | (facts.kind === 'folder' ? 0o700 : 0o600)),
      }),
    },
  });
}

function openToOthers({ path, forbidden, kind }: Place, { mode }: FileFacts, machine: Machine): Finding {
  const wanted = mode & ~forbidden;
  return finding('FOLDER_OPEN_TO_OTHERS', {
    subject: path,
    message: `${path} has permissions ${mode.toString(8)}; others can ${forbidden === 0o022 ? 'write' : 'look'} into it.`,
    cause: 'It was made by another program, or copied with wide permissions.',
    fix: {
      command: `chmod ${wanted.toString(8)} ${quoted(path)}`,
      description: `takes the rights of others on the ${kind} away`,
      isSafe: true,
      apply: () => machine.files.chmod(path, wanted),
    },
  });
}
