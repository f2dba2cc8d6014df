import { ToolError } from './errors.ts';

/** Metres of one unit. */
export const UNITS = { mm: 0.001, cm: 0.01, m: 1, km: 1000, in: 0.0254, ft: 0.3048, mi: 1609.344 } as const;

export type Unit = keyof typeof UNITS;

export const UNIT_NAMES = Object.keys(UNITS) as [Unit, ...Unit[]];

/** @throws ToolError NEGATIVE_LENGTH */
export function convert(
  { value, from, to }: { value: number; from: Unit; to: Unit },
  decimals: number,
): number {
  if (value < 0) {
    throw new ToolError('NEGATIVE_LENGTH', `A length of ${value} ${from} does not exist.`, {
      hint: 'Give a length of zero or more.',
    });
  }
  return Number(((value * UNITS[from]) / UNITS[to]).toFixed(decimals));
}
