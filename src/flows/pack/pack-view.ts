import { relative } from 'node:path';
import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { BundleFile } from '../../servers/mcpb/pack/collect.ts';
import type { Packed } from './pack-flow.ts';

/** What `pack` made, for `--json`. */
export function packDocument({ plan, out, size, sha256, isSigned, isWritten }: Packed) {
  const { manifest, files, ignored, warnings } = plan;
  return {
    name: manifest.name,
    version: manifest.version,
    out,
    written: isWritten,
    signed: isSigned,
    bytes: size,
    unpackedBytes: sum(files),
    sha256,
    files: [...files]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, bytes }) => ({ path, bytes: bytes.length })),
    ignored,
    warnings,
  };
}

/** What it holds, by size, and where it is. */
export function renderPack(packed: Packed, style: Style, cwd: string): string {
  const { plan, out, size, sha256, isSigned, isWritten } = packed;
  const { manifest, files, ignored } = plan;
  const parts = partsOf(files);
  const shown = parts.slice(0, MOST_ROWS);
  const rest = parts.slice(MOST_ROWS);
  const rows = [
    ...shown,
    ...(rest.length > 0 ? [{ name: `${rest.length} more`, files: rest.flatMap((part) => part.files) }] : []),
  ];
  const verb = isWritten ? 'wrote' : 'would write';
  return [
    table({
      head: ['', 'files', 'size'].map((cell) => style.dim(cell)),
      rows: rows.map((part) => [plainLine(part.name), String(part.files.length), bytesText(sum(part.files))]),
    }),
    '',
    `${style.green('✓')} ${verb} ${relative(cwd, out) || out}: ${plainLine(manifest.name)} ${plainLine(manifest.version)}, ${bytesText(size)} (${bytesText(sum(files))} unpacked), ${files.length} files${isSigned ? ', signed' : ''}`,
    `  SHA-256 ${sha256}`,
    style.dim(`  ${ignored} files and folders left out`),
    ...(isWritten
      ? [`next: mcpctl add ${relative(cwd, out).startsWith('..') ? out : `./${relative(cwd, out)}`}`]
      : ['Nothing was written (--dry-run).']),
  ].join('\n');
}

const MOST_ROWS = 15;

interface Part {
  readonly name: string;
  readonly files: readonly BundleFile[];
}

/** Own files by their first folder, packages by name; the largest first. */
function partsOf(files: readonly BundleFile[]): Part[] {
  const parts = new Map<string, BundleFile[]>();
  for (const file of files) {
    const [, packaged] = /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.path) ?? [];
    const [first = '', ...more] = file.path.split('/');
    const name = packaged ?? (more.length > 0 ? `${first}/` : first);
    const part = parts.get(name);
    if (part) part.push(file);
    else parts.set(name, [file]);
  }
  return [...parts]
    .map(([name, own]) => ({ name, files: own }))
    .sort((a, b) => sum(b.files) - sum(a.files) || (a.name < b.name ? -1 : 1));
}

function sum(files: readonly BundleFile[]): number {
  return files.reduce((total, { bytes }) => total + bytes.length, 0);
}

function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
