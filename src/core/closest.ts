/** Candidates that could be meant by a mistyped word, nearest first; a third of the letters may differ. */
export function closest(word: string, candidates: Iterable<string>, limit = 1): string[] {
  const allowed = Math.max(1, Math.floor(word.length / 3));
  const scored = [...new Set(candidates)]
    // The difference in length is a lower bound, and far cheaper.
    .filter((candidate) => Math.abs(candidate.length - word.length) <= allowed)
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .filter((scored) => scored.distance <= allowed);
  scored.sort((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate));
  return scored.slice(0, limit).map(({ candidate }) => candidate);
}

/** Levenshtein distance, in single-character edits. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, left] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, right] of [...b].entries()) {
      current.push(
        Math.min(
          (previous[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
          (previous[column] ?? 0) + (left === right ? 0 : 1),
        ),
      );
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
