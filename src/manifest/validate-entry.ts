import { isRecord } from '../core/json.ts';
import { problemWithServerName } from '../core/server-name.ts';
import type { DocumentPath } from '../documents/document.ts';
import { reportAdvice } from './advice.ts';
import type { Report } from './problem.ts';
import { reportUrl } from './validate-url.ts';
import { reportValues } from './validate-values.ts';

/** Reports everything wrong with one entry of `mcpServers`. */
export async function validateEntry(name: string, entry: unknown, report: Report): Promise<void> {
  const path = ['mcpServers', name];
  reportName(name, report, path);
  if (!isRecord(entry)) {
    report.add({
      code: 'ENTRY_NOT_OBJECT',
      severity: 'error',
      message: `the entry of ${name} is not an object`,
      hint: 'Write { "command": "…", "args": ["…"] } or { "url": "https://…" }',
      path,
    });
    return;
  }
  const { command, url } = entry;
  if (command !== undefined && url !== undefined) {
    report.add({
      code: 'COMMAND_AND_URL',
      severity: 'error',
      message: `${name} has both "command" and "url", so it is not clear what it is`,
      hint: 'Keep "command" for a program on this machine, or "url" for a server on the net.',
      path: [...path, 'url'],
      at: 'key',
    });
  } else if (command === undefined && url === undefined) reportMissing(name, entry, report, path);
  else await reportShape(name, entry, report, path);
  if (typeof url === 'string') reportUrl(url, entry, report, path);
  reportMisspelled(name, entry, report, path);
  reportValues(entry, report, path);
  reportAdvice(name, entry, report, path);
}

function reportName(name: string, report: Report, path: DocumentPath): void {
  const problem = problemWithServerName(name);
  if (!problem) return;
  const isReserved = problem.includes('reserved');
  report.add({
    code: isReserved ? 'NAME_RESERVED' : 'NAME_UNUSUAL',
    severity: isReserved ? 'error' : 'warning',
    message: isReserved ? `the name ${problem}` : `some clients will not take the name: ${problem}`,
    hint: 'Rename it to 1-30 lower-case letters, digits and hyphens.',
    path,
    at: 'key',
  });
}

/** What other clients call the same thing. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['arg', 'args'],
  ['arguments', 'args'],
  ['cmd', 'command'],
  ['environment', 'env'],
  ['envs', 'env'],
  ['header', 'headers'],
  ['http_headers', 'headers'],
  ['httpUrl', 'url'],
  ['serverUrl', 'url'],
  ['server_url', 'url'],
  ['transport', 'type'],
  ['uri', 'url'],
  ['working_directory', 'cwd'],
]);

function reportMissing(
  name: string,
  entry: Record<string, unknown>,
  report: Report,
  path: DocumentPath,
): void {
  const other = Object.keys(entry).find((key) => ['url', 'command'].includes(OTHER_SPELLINGS.get(key) ?? ''));
  report.add({
    code: 'NO_COMMAND_OR_URL',
    severity: 'error',
    message: `${name} has neither "command" nor "url", so there is nothing to connect to`,
    hint: other
      ? `Rename ${JSON.stringify(other)} to ${JSON.stringify(OTHER_SPELLINGS.get(other))}.`
      : 'Write { "command": "…", "args": ["…"] } or { "url": "https://…" }',
    path: other ? [...path, other] : path,
    at: 'key',
  });
}

function reportMisspelled(
  name: string,
  entry: Record<string, unknown>,
  report: Report,
  path: DocumentPath,
): void {
  for (const key of Object.keys(entry)) {
    const right = OTHER_SPELLINGS.get(key);
    const isTheOnlyOne = (right === 'url' || right === 'command') && !entry.url && !entry.command;
    if (right === undefined || isTheOnlyOne || Object.hasOwn(entry, right)) continue;
    report.add({
      code: 'KEY_UNUSED',
      severity: 'warning',
      message: `${name} has ${JSON.stringify(key)}, which mcpctl does not read`,
      hint: `If you meant ${JSON.stringify(right)}, rename it.`,
      path: [...path, key],
      at: 'key',
    });
  }
}

async function reportShape(
  name: string,
  entry: Record<string, unknown>,
  report: Report,
  path: DocumentPath,
): Promise<void> {
  const { remoteEntrySchema, stdioEntrySchema } = await import('./entry-schema.ts');
  const schema = entry.url === undefined ? stdioEntrySchema : remoteEntrySchema;
  for (const issue of schema.safeParse(entry).error?.issues ?? []) {
    const inner = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    const value = inner.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      entry,
    );
    report.add({
      code: `${String(inner[0] ?? 'entry').toUpperCase()}_INVALID`,
      severity: 'error',
      message: `${name}: ${JSON.stringify(inner.join('.'))} ${describe(issue, value)}`,
      hint: hintFor(inner, value, schema === stdioEntrySchema),
      path: [...path, ...inner],
    });
  }
}

function describe(issue: { code: string; message: string; expected?: unknown }, value: unknown): string {
  if (issue.code === 'invalid_type') return `is ${kindOf(value)}, not ${wordFor(String(issue.expected))}`;
  if (issue.code === 'too_small' && value === '') return 'is empty';
  return `is not allowed: ${issue.message.replace(/^Invalid (?:option|input): /, '')}`;
}

function hintFor(path: readonly (string | number)[], value: unknown, isStdio: boolean): string {
  const [key] = path;
  if (key === 'type')
    return isStdio
      ? 'Leave "type" out, or write "stdio".'
      : 'Write "http" (or "sse" for the older transport).';
  if (key === 'args' && path.length === 1)
    return 'Write each word as its own text: "args": ["-y", "package"]';
  if (typeof value === 'number' || typeof value === 'boolean') return `Put it in quotes: "${value}"`;
  if (key === 'command' && Array.isArray(value)) return 'Move all but the first word to "args".';
  if (key === 'auth') return 'Write "oauth", "api-key" or "none", or leave it out.';
  if (value === null) return 'Write a value, or remove the key.';
  return 'Change it to fit, or remove the key.';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : wordFor(typeof value);
}

function wordFor(type: string): string {
  const words: Record<string, string> = {
    array: 'a list',
    int: 'a whole number',
    object: 'an object',
    record: 'an object',
    string: 'a text',
  };
  return words[type] ?? `a ${type}`;
}
