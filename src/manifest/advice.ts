import type { DocumentPath } from '../documents/document.ts';
import type { Report } from './problem.ts';

/** Warns of entries that work today and will surprise later. */
export function reportAdvice(
  name: string,
  { command, args }: Readonly<Record<string, unknown>>,
  report: Report,
  path: DocumentPath,
): void {
  if (typeof command !== 'string') return;
  const words = Array.isArray(args) ? args.filter((word) => typeof word === 'string') : [];
  const program = baseName(command);
  if (program === 'cmd' && words[0]?.toLowerCase() === '/c') {
    report.add({
      code: 'CMD_WRAPPER',
      severity: 'warning',
      message: `${name} is started through cmd /c, which garbles & ^ and quotes and works on Windows only`,
      hint: `Write "command": ${JSON.stringify(words[1] ?? 'npx')} with the words after it as "args".`,
      path: [...path, 'command'],
    });
    return;
  }
  if (/\s/.test(command.trim()) && !/[\\/]/.test(command)) {
    report.add({
      code: 'COMMAND_WITH_ARGUMENTS',
      severity: 'warning',
      message: `the command of ${name} has spaces: it is started as one program of that name`,
      hint: `Write "command": ${JSON.stringify(command.trim().split(/\s+/)[0])} and the other words as "args".`,
      path: [...path, 'command'],
    });
  }
  const found = unpinnedPackage(program, words);
  if (!found) return;
  report.add({
    code: 'PACKAGE_UNPINNED',
    severity: 'warning',
    message: `${name} runs whatever version of ${found.package} is newest when it starts`,
    hint: `Pin it: ${found.package}${found.separator}<version>, or let mcpctl lock it: mcpctl add ${name}`,
    path: [...path, 'args', found.index],
  });
}

interface Unpinned {
  readonly package: string;
  readonly index: number;
  readonly separator: '@' | '==';
}

/** Programs that fetch a package and run it, with the words before the package's name. */
const RUNNERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['bunx', []],
  ['npm', ['exec']],
  ['npx', []],
  ['pipx', ['run']],
  ['pnpm', ['dlx']],
  ['pnpx', []],
  ['uvx', []],
  ['yarn', ['dlx']],
]);
const WITH_VALUE = new Set(['--registry', '--python', '--index-url', '--cache', '--with', '-c', '--call']);

function unpinnedPackage(program: string, words: readonly string[]): Unpinned | undefined {
  const verb = RUNNERS.get(program);
  if (!verb || verb.some((word, index) => words[index] !== word)) return undefined;
  const isPython = program === 'uvx' || program === 'pipx';
  for (let index = verb.length; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [, named] = /^--(?:package|from|spec)=(.+)$/.exec(word) ?? [];
    const isFlag = ['-p', '--package', '--from', '--spec'].includes(word);
    if (isFlag) index += 1;
    else if (WITH_VALUE.has(word)) {
      index += 1;
      continue;
    } else if (word.startsWith('-') && named === undefined) continue;
    return judge(isFlag ? (words[index] ?? '') : (named ?? word), index, isPython);
  }
  return undefined;
}

function judge(spec: string, index: number, isPython: boolean): Unpinned | undefined {
  // A folder, an archive or a repository is named exactly, or in a way of its own.
  if (spec === '' || /^(?:[./~]|[a-z+]+:)/i.test(spec) || spec.includes('${')) return undefined;
  const [, bare = spec, version] = isPython
    ? (/^([^@=<>~!]+)(?:==|@)?(.*)$/.exec(spec) ?? [])
    : (/^(@?[^@]+)@?(.*)$/.exec(spec) ?? []);
  if (
    /^\d+\.\d+(?:\.\d+)?[\w.+-]*$/.test(version ?? '') &&
    (isPython || /^\d+\.\d+\.\d+/.test(version ?? ''))
  )
    return undefined;
  return { package: bare, index, separator: isPython ? '==' : '@' };
}

function baseName(command: string): string {
  return (command.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(?:cmd|exe|bat|ps1)$/, '');
}
