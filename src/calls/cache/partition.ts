/** Whoever started the process that asks: another person on each machine. */
const LOCAL = 'local';

/** Whose a result is. Names of tokens mean the same people wherever a store is shared; `local` does not. */
export function partitionOf(principal: string, tenant: string): string[] {
  return principal === LOCAL ? [tenant, LOCAL] : [principal];
}

/** For results that are everybody's: still no stranger's who is `local` elsewhere. */
export function openPartitionOf(principal: string, tenant: string): string[] {
  return principal === LOCAL ? [tenant] : [];
}
