import { table } from '../../cli/table.ts';
import type { Style } from '../../platform/style.ts';
import type { CacheStats } from './stats-flow.ts';

export function renderStats({ places, requests, hitRate }: CacheStats, style: Style): string {
  const { hit, stale, miss, bypass } = requests;
  const asked =
    hitRate === null
      ? 'Nothing was asked yet that may be kept.'
      : `${style.bold(`${Math.round(hitRate * 100)} %`)} came from the cache: ${hit} kept, ${stale} past their time, ${miss} asked for, ${bypass} passed on.`;
  if (places.length === 0) return `No client and no gateway runs now, so nothing is kept.\n${asked}`;
  const rows = places.map(({ kind, pid, entries, bytes }) => [
    pid === undefined ? kind : `${kind} ${pid}`,
    String(entries),
    kilobytes(bytes),
  ]);
  return `${table({ head: ['where', 'results', 'size'], rows })}\n\n${asked}`;
}

function kilobytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}
