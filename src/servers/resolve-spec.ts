import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { basename, isAbsolute, resolve } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { problemWithServerName, toServerName } from '../core/server-name.ts';
import { parseImage, parseNpmSpec, parsePypiSpec, readPackageCommand } from './package-command.ts';
import { checkUrl } from './sources/remote.ts';
import { bareSpec, type Spec, type Wanted } from './spec.ts';

export interface ResolveSpecOptions {
  /** Absolute; relative paths start here. */
  readonly cwd: string;
  readonly home: string;
  /** Finds a server of the catalog; undefined when it has none of that name. */
  findInCatalog(name: string): Promise<Spec | undefined>;
  /** Finds a server of the registry by its full name, such as `io.github.x/y`. */
  findInRegistry(name: string): Promise<Spec>;
  /** Names that could be meant, nearest first. */
  suggest(name: string): Promise<readonly string[]>;
}

/** What people type for a server, recognised by its form alone, or undefined when only a look-up can tell. */
const FORMS: readonly ((text: string, options: ResolveSpecOptions) => Spec | undefined)[] = [
  npmForm,
  pypiForm,
  ociForm,
  gitForm,
  bundleForm,
  urlForm,
];

/**
 * Turns one argument of `add` into a spec: a name of the catalog, a registry name, `npm:`, `pypi:`, `oci:`,
 * `git+https://`, a path, an `.mcpb` file or URL, an `https://` MCP URL, or a bare npm package name.
 * @throws SPEC_INVALID, SECRET_ON_COMMAND_LINE, PACKAGE_NOT_FOUND.
 */
export async function resolveSpec(argument: string, options: ResolveSpecOptions): Promise<Spec> {
  const text = argument.trim();
  if (text === '') throw invalid(argument, 'is empty');
  for (const form of FORMS) {
    const spec = form(text, options);
    if (spec) return spec;
  }
  const path = await pathForm(text, options);
  if (path) return path;
  const listed = await options.findInCatalog(text);
  if (listed) return atVersion(listed, text);
  if (/^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+\/[a-zA-Z0-9._-]+$/.test(text))
    return await options.findInRegistry(text);
  const npm = parseNpmSpec(text);
  if (npm && (npm.package.includes('/') || /mcp|server/.test(npm.package)))
    return spec(npm.package, { type: 'npm', ...npm });
  const near = await options.suggest(text);
  throw invalid(
    text,
    'is no server of the catalog, no package name and no path',
    near.length > 0
      ? `Did you mean: mcpctl add ${near[0]}`
      : `For an npm package write npm:${text}, for a Python one pypi:${text}. Servers known by a short name: mcpctl list --catalog`,
  );
}

/** The version after the name counts where the catalog means the package of that name; else it belongs to another. */
function atVersion(listed: Spec, text: string): Spec {
  const version = /(?<=[^/])@([^/@]+)$/.exec(text)?.[1];
  const { wanted, name } = listed;
  if (version === undefined || ('version' in wanted && wanted.version === version)) return listed;
  const asked = text.slice(0, -version.length - 1);
  const isPackage = wanted.type === 'npm' || wanted.type === 'pypi';
  const names = isPackage ? [name, listed.catalog, wanted.package, wanted.package.split('/').at(-1)] : [];
  if (isPackage && names.includes(asked)) return { ...listed, wanted: { ...wanted, version } };
  if (version === 'latest') return listed;
  throw invalid(
    text,
    `asks for a version of ${asked}, but ${name} is another server or has no versions`,
    `mcpctl info ${asked} says why. Without a version: mcpctl add ${asked}. The very package: mcpctl add npm:${text}`,
  );
}

/** The words after `--`, as for `claude mcp add name -- npx -y package`: pinned where they start a known package. */
export function specOfCommand(words: readonly string[], name?: string): Spec {
  const [command, ...args] = words;
  if (!command) throw invalid('--', 'is followed by no command', 'mcpctl add my-server -- npx -y <package>');
  const read = readPackageCommand(command, args);
  if (!read) {
    const script = args.find((word) => !word.startsWith('-'));
    return bareSpec(name ?? nameFor(script ?? basename(command)), { type: 'command', command, args });
  }
  const version = read.version === undefined ? {} : { version: read.version };
  const wanted: Wanted =
    read.type === 'npm'
      ? { type: 'npm', package: read.package, ...version, ...(read.bin !== undefined && { bin: read.bin }) }
      : read.type === 'pypi'
        ? {
            type: 'pypi',
            package: read.package,
            ...version,
            ...(read.bin !== undefined && { executable: read.bin }),
          }
        : {
            type: 'oci',
            image: read.package,
            ...(read.version?.startsWith('sha256:')
              ? { digest: read.version }
              : read.version && { tag: read.version }),
            options: withoutOwnOptions(read.options ?? []),
          };
  return { ...bareSpec(name ?? nameFor(read.package), wanted), args: read.args };
}

/**
 * Words that name a file or folder below or beside `cwd`, made absolute: a client starts the command in a folder of
 * its own choice.
 */
export function anchored(words: readonly string[], cwd: string): string[] {
  return words.map((word) => {
    const isPathLike = !word.startsWith('-') && !word.startsWith('@') && /[./\\]/.test(word);
    if (!isPathLike || isAbsolute(word)) return word;
    const path = resolve(cwd, word);
    return existsSync(path) ? path : word;
  });
}

/** `-i`, `--rm` and `-e NAME` are added again when the server starts. */
function withoutOwnOptions(options: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index] ?? '';
    if (/^(-[it]+|--rm|--interactive|--tty)$/.test(option)) continue;
    if ((option === '-e' || option === '--env') && !options[index + 1]?.includes('=')) {
      index += 1;
      continue;
    }
    kept.push(option);
  }
  return kept;
}

/** A name every client accepts, made of what was asked for. */
export function nameFor(text: string): string {
  const [owner, last] = text
    .replace(/(?<=.)@[^/@]*$/, '')
    .split('/')
    .slice(-2);
  // `@playwright/mcp` and `com.stripe/mcp` are named by their owners.
  const isGeneric = last !== undefined && /^(mcp|server|mcp-server|server-mcp)(\.git)?$/.test(last);
  const name = toServerName(isGeneric ? (owner?.replace(/^@/, '').split('.').at(-1) ?? text) : text);
  if (problemWithServerName(name) === undefined) return name;
  throw invalid(text, 'gives no usable server name', 'Choose one with --name.');
}

function spec(from: string, wanted: Wanted): Spec {
  return bareSpec(nameFor(from), wanted);
}

function npmForm(text: string): Spec | undefined {
  if (!text.startsWith('npm:')) return undefined;
  const parsed = parseNpmSpec(text.slice(4));
  if (!parsed) throw invalid(text, 'names no npm package', 'npm:@scope/package@1.2.3');
  return spec(parsed.package, { type: 'npm', ...parsed });
}

function pypiForm(text: string): Spec | undefined {
  if (!text.startsWith('pypi:')) return undefined;
  const parsed = parsePypiSpec(text.slice(5));
  if (!parsed) throw invalid(text, 'names no Python package', 'pypi:package==1.2.3');
  return spec(parsed.package.replace(/\[.*\]$/, ''), { type: 'pypi', ...parsed });
}

function ociForm(text: string): Spec | undefined {
  if (!/^(oci|docker):/.test(text)) return undefined;
  const parsed = parseImage(text.slice(text.indexOf(':') + 1).replace(/^\/\//, ''));
  if (!parsed) throw invalid(text, 'names no container image', 'oci:ghcr.io/owner/image:1.2.3');
  return spec(parsed.image, { type: 'oci', ...parsed });
}

function gitForm(text: string): Spec | undefined {
  const plain = /^https:\/\/[^?#]+\.git(#.+)?$/.test(text) ? `git+${text}` : text;
  if (!plain.startsWith('git+')) return undefined;
  const [address = '', ref] = plain.slice(4).split('#', 2);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !['https:', 'ssh:', 'file:'].includes(url.protocol)) {
    throw invalid(text, 'names no git repository', 'git+https://host/owner/repository#tag');
  }
  if (url.password || (url.username && url.protocol === 'https:')) {
    throw new McpctlError('SECRET_ON_COMMAND_LINE', `The address of ${url.host} holds a password or token.`, {
      hint: 'Let git ask for it, or use its credential helper: git config --global credential.helper',
    });
  }
  return spec(url.pathname, { type: 'git', url: address, ...(ref && { ref }) });
}

function bundleForm(text: string, { cwd, home }: ResolveSpecOptions): Spec | undefined {
  if (!/\.(mcpb|dxt)$/.test(text.split(/[?#]/)[0] ?? '')) return undefined;
  const isUrl = /^https?:\/\//.test(text);
  if (isUrl) checkUrl(text);
  const origin = isUrl ? text : absolute(text, cwd, home);
  return spec(isUrl ? new URL(text).pathname : origin, { type: 'mcpb', origin });
}

function urlForm(text: string): Spec | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined;
  checkUrl(text);
  const url = new URL(text);
  return bareSpec(nameOfHost(url), {
    type: 'remote',
    url: text,
    ...(/\/sse\/?$/.test(url.pathname) && { transport: 'sse' }),
  });
}

/** `mcp.linear.app` is called `linear`, `api.example.co.uk` `example`, `10.0.0.5` `at-10-0-0-5`. */
export function nameOfHost({ hostname }: URL): string {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address)) return nameFor(`at-${address.replaceAll(/[.:]+/g, '-')}`);
  const generic = new Set(['mcp', 'api', 'www', 'server', 'app', 'remote', 'co', 'com']);
  const labels = hostname.split('.');
  const named = labels.length > 1 ? labels.slice(0, -1).filter((label) => !generic.has(label)) : labels;
  return nameFor(named.at(-1) ?? labels[0] ?? hostname);
}

async function pathForm(text: string, { cwd, home }: ResolveSpecOptions): Promise<Spec | undefined> {
  const isPath = /^(\.{1,2}([\\/]|$)|~[\\/]|\/|[A-Za-z]:[\\/]|file:)/.test(text);
  const isScript = /\.([cm]?js|ts|py)$/.test(text);
  if (!isPath && !isScript) return undefined;
  const path = absolute(text.replace(/^file:(\/\/)?/, ''), cwd, home);
  try {
    await stat(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR')) throw error;
    if (!isPath) return undefined;
    throw invalid(
      text,
      'does not exist',
      'Name a folder with a package.json or pyproject.toml, or a script.',
    );
  }
  return spec(basename(path), { type: 'path', path });
}

function absolute(path: string, cwd: string, home: string): string {
  const expanded = path.replace(/^~(?=[\\/]|$)/, home);
  return isAbsolute(expanded) ? expanded : resolve(cwd, expanded);
}

function invalid(text: string, why: string, hint = 'mcpctl add --help shows every form.'): McpctlError {
  return new McpctlError('SPEC_INVALID', `${JSON.stringify(text)} ${why}.`, { hint });
}
