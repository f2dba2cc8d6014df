import { CLIENTS_CODES } from './codes/clients.ts';
import { MACHINE_CODES } from './codes/machine.ts';
import { MANIFEST_CODES } from './codes/manifest.ts';
import { SERVERS_CODES } from './codes/servers.ts';

/** The codes of each area; the reference page is printed from these tables. */
export const CODES_BY_AREA = {
  machine: MACHINE_CODES,
  manifest: MANIFEST_CODES,
  clients: CLIENTS_CODES,
  servers: SERVERS_CODES,
} as const;

/** Every code `doctor` can report. */
export const FINDING_CODES = {
  ...MACHINE_CODES,
  ...MANIFEST_CODES,
  ...CLIENTS_CODES,
  ...SERVERS_CODES,
} as const;

export type FindingCode = keyof typeof FINDING_CODES;
