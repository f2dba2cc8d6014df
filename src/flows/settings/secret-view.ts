import { table } from '../../cli/table.ts';
import type { Style } from '../../platform/style.ts';
import type { Inventory, SecretRow } from '../../secrets/inventory.ts';

/** One line a secret: name, places, servers, fingerprint. */
export function renderInventory({ secrets }: Inventory, style: Style): string {
  if (secrets.length === 0) return 'No secrets are stored, and no server needs one.';
  return table({
    head: ['NAME', 'STORED IN', 'USED BY', 'FINGERPRINT'],
    rows: secrets.map((row) => [
      row.name,
      placeOf(row, style),
      row.usedBy.join(', ') || '-',
      row.fingerprint ?? '-',
    ]),
  });
}

const PLACES = { environment: 'environment', env: '.env', keychain: 'keychain' } as const;

function placeOf({ stored, state }: SecretRow, style: Style): string {
  if (state === 'ready') return stored.map((place) => PLACES[place]).join(', ');
  if (state === 'missing') return style.red('missing');
  if (state === 'corrupt') return style.red('keychain (damaged)');
  if (state === 'unknown') return style.yellow('keychain (cannot be asked)');
  return 'nowhere (has a default)';
}
