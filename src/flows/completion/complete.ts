/** A command as completion sees it. */
export interface CompletableCommand {
  readonly options: readonly CompletableOption[];
  /** Positional arguments in order; the last one repeats when it is variadic. */
  readonly arguments: readonly {
    readonly name: string;
    readonly choices?: readonly string[] | undefined;
    readonly isVariadic: boolean;
  }[];
}

interface CompletableOption {
  /** e.g. `['-q', '--quiet']`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** More values may follow the first. */
  readonly isVariadic: boolean;
  readonly choices?: readonly string[] | undefined;
}

export interface Candidate {
  readonly word: string;
  readonly description: string;
}

export interface CompletionSources {
  /** Every command's name (one or two words) and summary. */
  readonly commands: readonly {
    readonly name: string;
    readonly alias?: string;
    readonly summary: string;
  }[];
  describe(name: string): Promise<CompletableCommand>;
  /** What an argument or option of that name may be; none where only the user knows. */
  valuesFor(command: string, name: string): Promise<readonly Candidate[]>;
}

/** Words that may stand where the last of `words` is being typed, which may be empty. */
export async function complete(words: readonly string[], sources: CompletionSources): Promise<Candidate[]> {
  const typed = joinAssignments(words);
  const current = typed.at(-1) ?? '';
  const before = typed.slice(0, -1);
  if (before.includes('--')) return [];
  const found = await candidates(before, current, sources);
  return found.filter(({ word }) => word.startsWith(current) && SAFE.test(word));
}

/** What every shell takes as one plain word: a name in a manifest may be anything, and must not become code. */
const SAFE = /^[A-Za-z0-9_@%+=:,./-]+$/;

async function candidates(
  before: readonly string[],
  current: string,
  sources: CompletionSources,
): Promise<Candidate[]> {
  const [first, second] = before;
  if (first === undefined) return firstWords(sources);
  const group = sources.commands.filter(({ name }) => name.startsWith(`${first} `));
  if (second === undefined && group.length > 0) {
    const inner = group.map(({ name, summary }) => ({
      word: name.slice(first.length + 1),
      description: summary,
    }));
    if (!sources.commands.some(({ name }) => name === first)) return inner;
  }
  const line =
    sources.commands.find(({ name }) => name === `${first} ${second}`) ??
    sources.commands.find(({ name, alias }) => name === first || alias === first);
  if (!line) return [];
  const command = await sources.describe(line.name);
  return await withinCommand(line.name, command, {
    before: before.slice(line.name.split(' ').length),
    current,
    sources,
  });
}

function firstWords({ commands }: CompletionSources): Candidate[] {
  const words = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [first = name, ...rest] = name.split(' ');
    if (rest.length === 0 || !words.has(first)) words.set(first, rest.length === 0 ? summary : `${first} …`);
  }
  return [...[...words].map(([word, description]) => ({ word, description })), ...ROOT_FLAGS];
}

const ROOT_FLAGS: readonly Candidate[] = [
  { word: '--help', description: 'list the commands' },
  { word: '--version', description: 'print the version' },
];

async function withinCommand(
  name: string,
  command: CompletableCommand,
  place: { before: readonly string[]; current: string; sources: CompletionSources },
): Promise<Candidate[]> {
  const { before, current, sources } = place;
  const optionOf = (word: string | undefined): CompletableOption | undefined =>
    command.options.find(({ names }) => word !== undefined && names.includes(word));
  const valuesOf = async (option: CompletableOption): Promise<readonly Candidate[]> =>
    option.choices ? plain(option.choices) : await sources.valuesFor(name, option.names.at(-1) ?? '');

  const flag = before.findLastIndex((word) => word.startsWith('-'));
  const pending = optionOf(before[flag]);
  const values = before.slice(flag + 1);
  const wantsMore = pending?.isVariadic && !current.startsWith('-');
  if (pending?.takesValue && (values.length === 0 || wantsMore))
    return (await valuesOf(pending)).filter(({ word }) => !values.includes(word));
  const assigned = /^(--[^=]+)=/.exec(current)?.[1];
  if (assigned !== undefined) {
    const option = optionOf(assigned);
    const known = option?.takesValue ? await valuesOf(option) : [];
    return known.map(({ word, description }) => ({ word: `${assigned}=${word}`, description }));
  }
  if (current.startsWith('-')) {
    const used = new Set(before);
    return command.options
      .filter(({ names }) => !names.some((flag) => used.has(flag)))
      .flatMap(({ names, description }) =>
        names.filter((flag) => flag.startsWith('--')).map((word) => ({ word, description })),
      );
  }
  const given = before.filter(
    (word, index) => !word.startsWith('-') && !optionOf(before[index - 1])?.takesValue,
  );
  const argument = command.arguments[given.length] ?? command.arguments.at(-1);
  if (!argument || (given.length >= command.arguments.length && !argument.isVariadic)) return [];
  const known = argument.choices ? plain(argument.choices) : await sources.valuesFor(name, argument.name);
  return known.filter(({ word }) => !given.includes(word));
}

function plain(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word, description: '' }));
}

/** Bash hands over `--tier=co` as three words; the other shells as one. */
function joinAssignments(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    const continues = last !== undefined && /^--[^=]+=?$/.test(last) && (word === '=' || last.endsWith('='));
    if (continues) joined[joined.length - 1] = last + word;
    else joined.push(word);
  }
  return joined;
}
