import type { ClientCheck } from '../client-check.ts';
import { drift } from './clients/drift.ts';
import { duplicates } from './clients/duplicates.ts';
import { entries } from './clients/entries.ts';
import { fileValid } from './clients/file-valid.ts';
import { limits } from './clients/limits.ts';
import { programs } from './clients/programs.ts';
import { rootKey } from './clients/root-key.ts';
import { secrets } from './clients/secrets.ts';

/** All checks of an installed client, in the order they run. */
export const CLIENT_CHECKS: readonly ClientCheck[] = [
  fileValid,
  rootKey,
  drift,
  entries,
  programs,
  secrets,
  duplicates,
  limits,
];
