import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import type { Problem } from '../manifest/problem.ts';
import { projectFolders, type Scope } from '../manifest/scopes.ts';
import type { Paths } from '../platform/paths.ts';
import { judgedSettings } from './judged.ts';
import { narrowPolicy } from './narrow-policy.ts';
import { PROJECT_PLACES, placesIn, USER_PLACES } from './places.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { USERS_ALONE, withoutKeys } from './users-alone.ts';
import type { ValidatedSettings } from './validate.ts';

export interface SettingsSource {
  readonly scope: Scope;
  /** Absolute. */
  readonly path: string;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** Files that were read, the weaker first. */
  readonly files: readonly SettingsSource[];
  /** Where each value comes from, by dotted key: `default` or a file's path. */
  readonly sources: Readonly<Record<string, string>>;
  /** Unknown keys and other warnings; errors are thrown. */
  readonly problems: readonly Problem[];
}

export interface ReadSettingsOptions {
  readonly paths: Pick<Paths, 'settings' | 'home'> & { readonly cache?: string };
  /** Absolute. */
  readonly cwd: string;
}

/**
 * Reads the user's and the project's settings. Without any file, and for files that were read before, no library is
 * loaded.
 * @throws SETTINGS_INVALID with place and hint, FILE_UNREADABLE.
 */
export async function readSettings(options: ReadSettingsOptions): Promise<LoadedSettings> {
  const files = await findSettings(options);
  if (files.length === 0) return merge([]);
  const loaded = await Promise.all(
    files.map(async (file) => ({ ...file, ...(await judge(file.path, options.paths.cache)) })),
  );
  const problems = loaded.flatMap((file) => file.problems);
  const [broken] = problems.filter(({ severity }) => severity === 'error');
  if (broken) {
    const { file, line, column, message, hint } = broken;
    throw new McpctlError('SETTINGS_INVALID', `${file}:${line}:${column}: ${message}.`, {
      hint,
      data: { file, line, column, problem: broken.code },
    });
  }
  return { ...merge(loaded), problems };
}

async function judge(path: string, cache: string | undefined): Promise<ValidatedSettings> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const judged = text === undefined ? undefined : judgedSettings(path, text, cache);
  const known = await judged?.known();
  if (known) return { value: known, problems: [] };
  const { validateSettingsFile } = await import('./validate.ts');
  const validated = await validateSettingsFile(path);
  if (validated.problems.length === 0) await judged?.keep(validated.value);
  return validated;
}

/** The settings files in force, the user's first. */
export async function findSettings({ paths, cwd }: ReadSettingsOptions): Promise<SettingsSource[]> {
  const user = paths.settings;
  const files: SettingsSource[] = [];
  const own = await search(user, USER_PLACES);
  if (own) files.push({ scope: 'user', path: own });
  for (const folder of await projectFolders(cwd, paths.home)) {
    const path = await search(folder, PROJECT_PLACES);
    if (!path) continue;
    files.push({ scope: 'project', path });
    break;
  }
  return files;
}

async function search(folder: string, places: readonly string[]): Promise<string | undefined> {
  const [first, ...others] = await placesIn(folder, places);
  // The library that knows which of several counts is loaded only where there are several.
  if (first === undefined || others.length === 0) return first && join(folder, first);
  // Reached through a module of its own: bundled CommonJS has no named exports for `await import`.
  return await (await import('./search.ts')).searchFolder(folder, places);
}

type LoadedFile = SettingsSource & { readonly value: Readonly<Record<string, unknown>> };

function merge(files: readonly LoadedFile[]): LoadedSettings {
  const sources: Record<string, string> = {};
  const mark = (value: object, source: string, prefix = ''): void => {
    for (const [key, inner] of Object.entries(value)) {
      if (isRecord(inner)) mark(inner, source, `${prefix}${key}.`);
      else sources[prefix + key] = source;
    }
  };
  mark(DEFAULT_SETTINGS, 'default');
  let settings: object = DEFAULT_SETTINGS;
  for (const { scope, path, value } of files) {
    const own = withoutKeys(value, scope === 'user' ? ['$schema'] : ['$schema', ...USERS_ALONE]);
    mark(own, path);
    settings = overlay(settings as Record<string, unknown>, own);
    if (scope === 'user' || !isRecord(value.policy)) continue;
    const { policy } = settings as Settings;
    const { narrowed, changed } = narrowPolicy(policy, value.policy);
    mark({ policy: changed }, path);
    settings = { ...settings, policy: narrowed };
  }
  return {
    // Each file was checked by the schema, and the defaults fill what they leave out.
    settings: settings as Settings,
    files: files.map(({ scope, path }) => ({ scope, path })),
    sources,
    problems: [],
  };
}

/** Objects are merged key by key, lists and values replaced. */
function overlay(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isRecord(below) && isRecord(value) ? overlay(below, value) : value;
  }
  return merged;
}
