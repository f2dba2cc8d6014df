/** Backends a `${scheme:path}` reference may name. */
export const REFERENCE_SCHEMES = ['keychain', 'file', 'vault', 'aws-sm', 'azure-kv', 'op'] as const;

export type ReferenceScheme = (typeof REFERENCE_SCHEMES)[number];

/** One piece of a manifest string: literal text or a reference to a value kept elsewhere. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string; readonly fallback?: string }
  | { readonly kind: 'scheme'; readonly scheme: ReferenceScheme; readonly path: string };

const REFERENCE = new RegExp(
  `\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?|(${REFERENCE_SCHEMES.join('|')}):([^}]+))\\}`,
  'g',
);

/** Splits `Bearer ${TOKEN}` into text and references. Anything that is not a well-formed reference stays text. */
export function parseReferences(value: string): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of value.matchAll(REFERENCE)) {
    if (match.index > end) segments.push({ kind: 'text', text: value.slice(end, match.index) });
    const [whole, name, fallback, scheme, path] = match;
    if (name !== undefined)
      segments.push({ kind: 'name', name, ...(fallback !== undefined && { fallback }) });
    else segments.push({ kind: 'scheme', scheme: scheme as ReferenceScheme, path: path ?? '' });
    end = match.index + whole.length;
  }
  if (end < value.length || segments.length === 0) segments.push({ kind: 'text', text: value.slice(end) });
  return segments;
}

/** True when at least one reference stands in the value. */
export function hasReference(value: string): boolean {
  return parseReferences(value).some(({ kind }) => kind !== 'text');
}
