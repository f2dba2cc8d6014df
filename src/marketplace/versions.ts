import semver from 'semver';

interface Ordered {
  readonly version: string;
  readonly isDeleted: boolean;
}

/**
 * Which of the versions, given in the order they were published, is the latest: the greatest where both are semantic
 * versions, else the one that came later. One that was taken out counts only when all were.
 */
export function latestOf<T extends Ordered>(versions: readonly T[]): T | undefined {
  const there = versions.filter(({ isDeleted }) => !isDeleted);
  let latest: T | undefined;
  for (const next of there.length > 0 ? there : versions) {
    if (latest === undefined || isNewer(next.version, latest.version)) latest = next;
  }
  return latest;
}

function isNewer(next: string, current: string): boolean {
  const [one, other] = [semver.parse(next), semver.parse(current)];
  return one === null || other === null || semver.compareBuild(one, other) >= 0;
}
