import { findLiteralSecret } from '../../../core/secret-patterns.ts';
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
  return files.filter(isText).flatMap(({ path, bytes }) =>
    new TextDecoder()
      .decode(bytes)
      .split(/\r?\n/)
      .flatMap((line, index): SecretFound[] => {
        const found = findLiteralSecret('', line.slice(0, LONGEST_LINE));
        return found ? [{ path, line: index + 1, kind: found.kind }] : [];
      }),
  );
}

/** Files that hold values of the environment and are never packed, under whatever name they were meant to be let in. */
export function isEnvironmentFile(path: string): boolean {
  return /(^|\/)\.env(\.(?!example$|sample$|template$)[^/]*)?$/.test(path);
}

function isText({ path, bytes }: BundleFile): boolean {
  if (path.startsWith('node_modules/') || bytes.length > MOST_BYTES) return false;
  return !bytes.subarray(0, 8_000).includes(0);
}
