/** Which package a plain command starts, for the launchers people write in client files. */
export interface PackageCommand {
  readonly type: 'npm' | 'pypi' | 'oci';
  /** npm or PyPI package, or container image without tag and digest. */
  readonly package: string;
  /** As written: exact version, range or tag. For images the tag, or the digest after `@`. */
  readonly version?: string;
  /** Program of the package, where the command names it. */
  readonly bin?: string;
  /** Options of `docker run`. */
  readonly options?: readonly string[];
  /** What is left for the server itself. */
  readonly args: readonly string[];
}

/** Reads `npx -y pkg@1.2.3 …`, `uvx pkg==1.2.3 …`, `docker run … image …` and their kin; undefined for anything else. */
export function readPackageCommand(command: string, args: readonly string[]): PackageCommand | undefined {
  const program = programName(command);
  const [first = '', ...rest] = args;
  if (program === 'cmd' && first.toLowerCase() === '/c' && rest[0])
    return readPackageCommand(rest[0], rest.slice(1));
  switch (program) {
    case 'npx':
    case 'bunx':
    case 'pnpx':
      return npmCommand(args);
    case 'npm':
      return first === 'exec' || first === 'x' ? npmCommand(rest) : undefined;
    case 'pnpm':
    case 'yarn':
      return first === 'dlx' ? npmCommand(rest) : undefined;
    case 'bun':
      return first === 'x' ? npmCommand(rest) : undefined;
    case 'uvx':
      return uvCommand(args);
    case 'uv':
      return first === 'tool' && rest[0] === 'run' ? uvCommand(rest.slice(1)) : undefined;
    case 'docker':
    case 'podman':
      return first === 'run' ? containerCommand(rest) : undefined;
    default:
      return undefined;
  }
}

function programName(command: string): string {
  return (command.split(/[\\/]/).at(-1) ?? command).toLowerCase().replace(/\.(exe|cmd|bat|ps1)$/, '');
}

const NPX_SWITCHES = new Set([
  '-y',
  '--yes',
  '-q',
  '--quiet',
  '--prefer-offline',
  '--prefer-online',
  '--bun',
]);

function npmCommand(words: readonly string[]): PackageCommand | undefined {
  let spec: string | undefined;
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '-p' || word === '--package') {
      if (spec !== undefined) return undefined;
      index += 1;
      spec = words[index];
    } else if (word.startsWith('--package=')) spec = word.slice('--package='.length);
    else if (word === '--') {
      index += 1;
      break;
    } else if (!NPX_SWITCHES.has(word)) break;
  }
  const program = words[index];
  if (program === undefined || program.startsWith('-')) return undefined;
  const args = words.slice(index + 1);
  const parsed = parseNpmSpec(spec ?? program);
  if (!parsed) return undefined;
  return { type: 'npm', ...parsed, ...(spec !== undefined && { bin: program }), args };
}

const NPM_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** Splits `@scope/name@version`; undefined when it is not a registry package. */
export function parseNpmSpec(text: string): { package: string; version?: string } | undefined {
  const at = text.lastIndexOf('@');
  const name = at > 0 ? text.slice(0, at) : text;
  const version = at > 0 ? text.slice(at + 1) : undefined;
  if (!NPM_NAME.test(name) || name.length > 214) return undefined;
  // file:, git:, http: and folders are other sources.
  if (version !== undefined && (version === '' || /[/:]/.test(version))) return undefined;
  return { package: name, ...(version !== undefined && { version }) };
}

function uvCommand(words: readonly string[]): PackageCommand | undefined {
  let from: string | undefined;
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--from') {
      index += 1;
      from = words[index];
    } else if (word.startsWith('--from=')) from = word.slice('--from='.length);
    else if (word !== '--quiet' && word !== '-q' && word !== '--isolated') break;
  }
  const program = words[index];
  if (program === undefined || program.startsWith('-')) return undefined;
  const parsed = parsePypiSpec(from ?? program);
  if (!parsed) return undefined;
  return {
    type: 'pypi',
    ...parsed,
    ...(from !== undefined && { bin: program }),
    args: words.slice(index + 1),
  };
}

/** Splits `name==1.2.3` or `name@1.2.3`, extras kept in the name; undefined when it is not a plain requirement. */
export function parsePypiSpec(text: string): { package: string; version?: string } | undefined {
  const match =
    /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\[[A-Za-z0-9,._-]+\])?)(?:(?:==|@)([A-Za-z0-9.+!_-]+))?$/.exec(
      text,
    );
  if (!match?.[1]) return undefined;
  return { package: match[1], ...(match[2] !== undefined && match[2] !== 'latest' && { version: match[2] }) };
}

/** Options of `docker run` that stand alone; all others take a value, joined or as the next word. */
const DOCKER_SWITCHES = new Set([
  '-d',
  '--detach',
  '-i',
  '--interactive',
  '--init',
  '--no-healthcheck',
  '--oom-kill-disable',
  '--privileged',
  '-P',
  '--publish-all',
  '-q',
  '--quiet',
  '--read-only',
  '--rm',
  '--sig-proxy',
  '-t',
  '--tty',
]);

function containerCommand(words: readonly string[]): PackageCommand | undefined {
  const options: string[] = [];
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) break;
    options.push(word);
    const standsAlone = DOCKER_SWITCHES.has(word) || word.includes('=') || /^-[itdPq]+$/.test(word);
    if (!standsAlone) {
      index += 1;
      options.push(words[index] ?? '');
    }
  }
  const image = words[index];
  const parsed = image === undefined ? undefined : parseImage(image);
  if (!parsed) return undefined;
  const { image: name, tag, digest } = parsed;
  const version = digest ?? tag;
  return {
    type: 'oci',
    package: name,
    ...(version !== undefined && { version }),
    options,
    args: words.slice(index + 1),
  };
}

/** Splits `host/name:tag@sha256:…`; undefined when it is no image name. */
export function parseImage(text: string): { image: string; tag?: string; digest?: string } | undefined {
  const match =
    /^((?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$/.exec(
      text,
    );
  if (!match?.[1]) return undefined;
  const [, image, tag, digest] = match;
  return { image, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}
