import { closest } from '../core/closest.ts';
import { McpctlError } from '../core/errors.ts';
import type { DocumentPath } from '../documents/document.ts';
import { valueAt } from '../documents/equality.ts';
import { openDocument } from '../documents/open.ts';
import { readTextFile } from '../documents/read.ts';
import { createReport, type Problem } from '../manifest/problem.ts';
import { settingsDialect } from './places.ts';
import { type SettingsFile, settingsSchema } from './schema.ts';

export interface ValidatedSettings {
  /** Empty when there are errors; unknown keys are left out. */
  readonly value: SettingsFile;
  readonly problems: readonly Problem[];
}

/** What the schema alone does not know. */
export interface SettingsRules {
  /** Ids of all clients; any text is allowed as an id when left out. */
  readonly clientIds?: readonly string[];
}

/** Reads and judges one settings file. @throws FILE_UNREADABLE */
export async function validateSettingsFile(path: string, rules?: SettingsRules): Promise<ValidatedSettings> {
  try {
    return await validateSettings(path, (await readTextFile(path)).text, rules);
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code !== 'DOCUMENT_INVALID') throw error;
    const problem = { file: path, line: 1, column: 1, code: 'ENCODING', severity: 'error' } as const;
    return {
      value: {},
      problems: [{ ...problem, message: error.message, hint: 'Save it as UTF-8 in your editor.' }],
    };
  }
}

/** Judges the text of a settings file; `path` names it and tells JSON from YAML. */
export async function validateSettings(
  path: string,
  text: string,
  rules: SettingsRules = {},
): Promise<ValidatedSettings> {
  const document = await openDocument(text, settingsDialect(path), path);
  const problems: Problem[] = document.problems.map(({ line, column, code, message }) => ({
    file: path,
    line,
    column,
    code,
    severity: 'error',
    message,
    hint: `Mend line ${line}, or go back: mcpctl config backups ${path}`,
  }));
  const report = createReport(path, document, problems);
  const checked = problems.length === 0 ? settingsSchema.safeParse(document.value) : undefined;
  const unknown: DocumentPath[] = [];
  for (const issue of checked?.error?.issues ?? []) {
    const at = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        unknown.push([...at, key]);
        report.add({
          code: 'SETTING_UNKNOWN',
          severity: 'warning',
          message: `there is no setting ${[...at, key].join('.')}`,
          hint: 'See which there are: mcpctl config show --schema',
          path: [...at, key],
          at: 'key',
        });
      }
      continue;
    }
    report.add({
      code: 'SETTING_INVALID',
      severity: 'error',
      message: `${at.join('.')}: ${lowerFirst(issue.message)}`,
      hint: 'See what is allowed: mcpctl config show --schema',
      path: at,
    });
  }
  if (problems.some(({ severity }) => severity === 'error')) return { value: {}, problems };
  const value = checked?.success ? checked.data : settingsSchema.parse(without(document.value, unknown));
  const strangers = unknownClients(value, rules);
  for (const { id, hint } of strangers) {
    report.add({
      code: 'CLIENT_UNKNOWN',
      severity: 'error',
      message: `clients: there is no client ${JSON.stringify(id)}`,
      hint,
      path: ['clients', value.clients?.indexOf(id) ?? 0],
    });
  }
  return { value: strangers.length > 0 ? {} : value, problems };
}

function unknownClients({ clients = [] }: SettingsFile, { clientIds }: SettingsRules) {
  if (!clientIds) return [];
  return clients
    .filter((id) => !clientIds.includes(id))
    .map((id) => {
      const [near] = closest(id, clientIds);
      return { id, hint: near ? `Did you mean: ${near}` : `Known clients: ${clientIds.join(', ')}` };
    });
}

export interface SettingVerdict {
  readonly allowed: boolean;
  readonly reason: string;
  /** Given where the value is of the right kind, but names nothing there is. */
  readonly hint?: string;
}

/** Whether a value would be allowed at a dotted key; undefined for a key that does not exist. */
export function judgeSetting(
  path: readonly string[],
  value: unknown,
  rules: SettingsRules,
): SettingVerdict | undefined {
  const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const { data, error } = settingsSchema.safeParse(nested);
  const issues = error?.issues ?? [];
  if (issues.some(({ code }) => code === 'unrecognized_keys')) return undefined;
  const [stranger] = data ? unknownClients(data, rules) : [];
  if (stranger)
    return {
      allowed: false,
      reason: `there is no client ${JSON.stringify(stranger.id)}`,
      hint: stranger.hint,
    };
  return { allowed: issues.length === 0, reason: lowerFirst(issues[0]?.message ?? '') };
}

function without(value: unknown, paths: readonly DocumentPath[]): unknown {
  const copy = structuredClone(value);
  for (const path of paths) {
    const parent = valueAt(copy, path.slice(0, -1));
    if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, path.at(-1) ?? '');
  }
  return copy;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
