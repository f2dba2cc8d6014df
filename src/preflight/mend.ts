import { messageOf } from '../core/errors.ts';
import type { Finding, Fix } from './finding.ts';

export type Mendable = Finding & { readonly fix: Fix & Required<Pick<Fix, 'apply'>> };

/** Findings whose fix loses nothing, each fix once. */
export function mendable(findings: readonly Finding[]): Mendable[] {
  const seen = new Set<string>();
  return findings.filter((found): found is Mendable => {
    const key = `${found.subject} ${found.fix?.command}`;
    if (!found.fix?.isSafe || !found.fix.apply || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export interface Mended {
  readonly code: string;
  readonly subject: string;
  readonly command: string;
  readonly ok: boolean;
  /** Why it did not work. */
  readonly message?: string;
}

/** Applies the fixes one after another; one that fails does not stop the others. */
export async function mend(findings: readonly Mendable[]): Promise<Mended[]> {
  const results: Mended[] = [];
  for (const { code, subject, fix } of findings) {
    const failure = await fix.apply().then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    results.push({
      code,
      subject,
      command: fix.command,
      ok: failure === undefined,
      ...(failure !== undefined && { message: failure }),
    });
  }
  return results;
}
