/** True when `version` is lower than `floor`; both like `20.19.0`, with or without `v`. Pre-releases count as the release. */
export function isOlder(version: string, floor: string): boolean {
  const [left, right] = [numbers(version), numbers(floor)];
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The first thing in a program's answer that looks like a version. */
export function versionIn(text: string): string | undefined {
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0];
}

const numbers = (version: string): number[] => (versionIn(version) ?? '0.0.0').split('.').map(Number);
