import { findLiteralSecret, findVendorSecret, type LiteralSecret } from '../../../core/secret-patterns.ts';
import type { BundleFile } from './collect.ts';

export interface SecretFound {
  readonly path: string;
  readonly line: number;
  /** e.g. `github-token`. */
  readonly kind: string;
}

/** Larger files are data, and no line that long was written by a person. */
const MOST_BYTES = 2 * 1024 * 1024;
const LONGEST_LINE = 4_000;

/** Lines of the project's own files that look like a secret. Packages of others are theirs to keep clean. */
export function findSecrets(files: readonly BundleFile[]): SecretFound[] {
  return files.filter(isText).flatMap(({ path, bytes }) => {
    const judge = SOURCE.test(path) ? secretInSource : secretInText;
    return new TextDecoder()
      .decode(bytes)
      .split(/\r?\n/)
      .flatMap((line, index): SecretFound[] => {
        const found = judge(line.slice(0, LONGEST_LINE));
        return found ? [{ path, line: index + 1, kind: found.kind }] : [];
      });
  });
}

/** Programs, in which only what stands in quotes is a value: `API_TOKEN: z.string().optional()` is none. */
const SOURCE = /\.(?:[cm]?[jt]sx?|py)$/;
/** A text in quotes, with the name it is given to: `name = "text"`, `'name': 'text'`. */
const QUOTED = /(?:["']?([\w-]+)["']?\s*[:=]\s*)?(["'`])((?:\\.|(?!\2)[^\\])*)\2/g;

function secretInSource(line: string): LiteralSecret | undefined {
  for (const [, name = '', , text = ''] of line.matchAll(QUOTED)) {
    const found = findLiteralSecret(name, text);
    if (found) return found;
  }
  // Texts of several lines have their quotes elsewhere.
  return findVendorSecret(line);
}

function secretInText(line: string): LiteralSecret | undefined {
  return findLiteralSecret('', line);
}

/** Files that hold values of the environment and are never packed, under whatever name they were meant to be let in. */
export function isEnvironmentFile(path: string): boolean {
  return /(^|\/)\.env(\.(?!example$|sample$|template$)[^/]*)?$/.test(path);
}

function isText({ path, bytes }: BundleFile): boolean {
  if (path.startsWith('node_modules/') || bytes.length > MOST_BYTES) return false;
  return !bytes.subarray(0, 8_000).includes(0);
}
