/** Longest name of a tool: with the name of its server before it, clients allow 64 characters. */
const LONGEST = 48;

/** A tool's name from an operation's id, or from its verb and path: lower case with underscores. */
export function toolName(operationId: unknown, method: string, path: string): string {
  const id = typeof operationId === 'string' ? words(operationId) : '';
  return id !== '' ? id : words(`${method} ${path.replaceAll(/\{([^}]*)\}/g, 'by $1')}`) || method;
}

/** Names without two alike: later ones get a number. */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) {
    const suffix = count === 1 ? '' : `_${count}`;
    const candidate = `${name.slice(0, LONGEST - suffix.length)}${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function words(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, LONGEST)
    .replace(/_+$/, '');
}
