import type { LockEntry } from './lock-schema.ts';

/** The version a lock entry names, shortened where it is a digest; undefined where there is none. */
export function lockedVersion({ source }: Pick<LockEntry, 'source'>): string | undefined {
  switch (source.type) {
    case 'npm':
    case 'pypi':
    case 'mcpb':
      return source.version;
    case 'oci':
      return source.digest.slice(0, 19);
    case 'git':
      return source.commit.slice(0, 12);
    default:
      return undefined;
  }
}
