/** Whether a URI may be made of a template (RFC 6570), as far as its fixed parts tell. */
export function templateMatches(template: string, uri: string): boolean {
  const parts = template.split(/\{[^{}]*\}/);
  const [first = ''] = parts;
  if (parts.length === 1) return uri === template;
  if (!uri.startsWith(first)) return false;
  const last = parts.at(-1) as string;
  let position = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = uri.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return uri.length - last.length >= position && uri.endsWith(last);
}
