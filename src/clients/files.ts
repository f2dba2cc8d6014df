import { McpctlError } from '../core/errors.ts';
import { readTextFile } from '../documents/read.ts';
import type { ClientProblem } from './problem.ts';
import type { Target } from './targets.ts';

/** A target with what its file held when it was read. */
export interface TargetFile extends Target {
  /** Empty when there is no file. */
  readonly text: string;
  readonly exists: boolean;
  /** SHA-256 of the bytes in hex; null when there is no file. */
  readonly sha256: string | null;
  /** Set when the file exists and could not be read as text. */
  readonly unreadable?: ClientProblem;
}

export async function readTargets(targets: readonly Target[]): Promise<TargetFile[]> {
  return await Promise.all(targets.map(readTarget));
}

async function readTarget(target: Target): Promise<TargetFile> {
  try {
    const { text, exists, sha256 } = await readTextFile(target.path);
    return { ...target, text, exists, sha256 };
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    const { code, message, hint } = error;
    const unreadable: ClientProblem = {
      code,
      severity: 'error',
      message,
      ...(hint !== undefined && { hint }),
    };
    return { ...target, text: '', exists: true, sha256: null, unreadable };
  }
}
