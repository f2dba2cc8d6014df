/**
 * The strings that give a secret away: itself, the password inside a URL, and the long lines of a key file
 * (programs log line by line).
 */
export function secretParts(value: string): string[] {
  const parts = new Set([value]);
  for (const password of passwordsIn(value)) parts.add(password);
  if (value.includes('\n')) {
    for (const line of value.split(/\r?\n/)) {
      if (line.length >= SHORTEST_LINE && !line.startsWith('-----')) parts.add(line);
    }
  }
  return [...parts];
}

const SHORTEST_LINE = 16;

function passwordsIn(value: string): string[] {
  const raw = /^[a-z][a-z0-9+.-]*:\/\/[^/\s@]*?:([^/\s]+)@/i.exec(value)?.[1];
  if (raw === undefined) return [];
  try {
    return [raw, decodeURIComponent(raw)];
  } catch {
    return [raw];
  }
}
