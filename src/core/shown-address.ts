/** An address for messages and records: its references are resolved by now, and its query is where people put keys. */
export function shownAddress(url: string): string {
  if (!URL.canParse(url)) return '';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
