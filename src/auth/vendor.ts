import { loadCatalogEntry, loadCatalogIndex } from '../catalog/load.ts';
import type { CatalogEntry } from '../catalog/schema.ts';

/**
 * What the catalog knows of the vendor behind an address. The slug comes from a lock file, which may be anybody's:
 * an entry counts only where one of its own addresses has the same origin. Without one the address alone decides.
 */
export async function vendorOf(url: string, slug?: string): Promise<CatalogEntry | undefined> {
  if (!URL.canParse(url)) return undefined;
  const { origin } = new URL(url);
  const rows = await loadCatalogIndex();
  const named = rows.filter((row) => row.slug === slug);
  for (const row of [...named, ...rows]) {
    if (!row.packages.some((address) => hasOrigin(address, origin))) continue;
    const entry = await loadCatalogEntry(row.slug);
    const own = entry.transports.flatMap((way) => (way.kind === 'remote' ? [way.url] : []));
    if (own.some((address) => hasOrigin(address, origin))) return entry;
  }
  return undefined;
}

/** A blank in the host, as in `https://{account}.example.com/`, stands for one or more labels below a fixed domain. */
function hasOrigin(address: string, origin: string): boolean {
  const [, host = ''] = /^(https:\/\/[^/?#]+)/.exec(address) ?? [];
  if (!host.includes('{')) return host !== '' && URL.canParse(host) && new URL(host).origin === origin;
  const [, before = '', after = ''] = /^(https:\/\/[^{]*)\{[^}]+\}((?:\.[a-z0-9-]+){2,})$/i.exec(host) ?? [];
  if (after === '') return false;
  const middle = origin.slice(before.length, origin.length - after.length);
  return (
    origin.startsWith(before) && origin.endsWith(after) && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(middle)
  );
}
