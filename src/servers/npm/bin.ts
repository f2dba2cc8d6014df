import { McpctlError } from '../../core/errors.ts';

export interface BinChoice {
  readonly package: string;
  /** Program name → path inside the package. */
  readonly bin: Readonly<Record<string, string>> | undefined;
  /** What the user asked for. */
  readonly wanted?: string;
}

/** Which program of a package is the server: the one asked for, the only one, or the one named like the package. */
export function chooseBin({ package: name, bin = {}, wanted }: BinChoice): { name: string; path: string } {
  const programs = Object.entries(bin);
  const asked = wanted === undefined ? undefined : bin[wanted];
  if (wanted !== undefined) {
    if (asked !== undefined) return { name: wanted, path: asked };
    throw new McpctlError('BIN_AMBIGUOUS', `The package ${name} has no program ${JSON.stringify(wanted)}.`, {
      hint: programs.length ? `It has: ${programs.map(([program]) => program).join(', ')}` : 'It has none.',
    });
  }
  const [first] = programs;
  if (!first) {
    throw new McpctlError('NOT_A_SERVER', `The package ${name} has no program to start.`, {
      hint: 'It may be a library. Look for the server package it belongs to: mcpctl list --catalog',
    });
  }
  const same = programs.find(([program]) => program === name.split('/').at(-1));
  const targets = new Set(programs.map(([, path]) => path));
  const chosen = same ?? (targets.size === 1 ? first : undefined);
  if (chosen) return { name: chosen[0], path: chosen[1] };
  throw new McpctlError(
    'BIN_AMBIGUOUS',
    `The package ${name} has several programs: ${programs.map(([program]) => program).join(', ')}.`,
    { hint: `Say which one is the server: --bin ${first[0]}` },
  );
}
