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

/** Reads and judges one settings file. @throws FILE_UNREADABLE */
export async function validateSettingsFile(path: string): Promise<ValidatedSettings> {
  try {
    return await validateSettings(path, (await readTextFile(path)).text);
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
export async function validateSettings(path: string, text: string): Promise<ValidatedSettings> {
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
  if (checked?.success) return { value: checked.data, problems };
  if (problems.some(({ severity }) => severity === 'error')) return { value: {}, problems };
  return { value: settingsSchema.parse(without(document.value, unknown)), problems };
}

/** Whether a value would be allowed at a dotted key; undefined for a key that does not exist. */
export function judgeSetting(
  path: readonly string[],
  value: unknown,
): { allowed: boolean; reason: string } | undefined {
  const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const issues = settingsSchema.safeParse(nested).error?.issues ?? [];
  if (issues.some(({ code }) => code === 'unrecognized_keys')) return undefined;
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
