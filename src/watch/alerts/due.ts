import type { CredentialRow } from '../../auth/store/credential-row.ts';
import type { DueSecret } from './rule.ts';

/** Kinds of sign-ins that end unless a person signs in again, where nothing came to renew them with. */
const BY_A_PERSON = new Set(['authorization-code', 'device-code']);

/**
 * What is known to end: keys whose day the settings have, sign-ins nothing renews, and clients whose secret ends. A
 * sign-in for an hour is told of in its last fifth, not from its beginning on.
 */
export function dueSecrets(
  days: Readonly<Record<string, string>>,
  signIns: readonly CredentialRow[],
): DueSecret[] {
  const keys = Object.entries(days).map(([name, day]) => ({
    name,
    endsAt: Date.parse(`${day}T00:00:00Z`),
    tellFrom: Number.NEGATIVE_INFINITY,
  }));
  const found = new Map<string, DueSecret>();
  for (const secret of [...keys, ...signIns.flatMap(endsOf)]) {
    const known = found.get(secret.name);
    if (!known || secret.endsAt < known.endsAt) found.set(secret.name, secret);
  }
  return [...found.values()];
}

function endsOf(row: CredentialRow): DueSecret[] {
  const { server, hasRefreshToken, grant = '', expiresAt, clientEndsAt, signedInAt, refreshedAt } = row;
  const ends = [
    ...(expiresAt !== undefined && !hasRefreshToken && BY_A_PERSON.has(grant) ? [expiresAt] : []),
    ...(clientEndsAt === undefined ? [] : [clientEndsAt]),
  ];
  return ends.map((endsAt) => {
    const life = endsAt - (refreshedAt ?? signedInAt);
    return { name: server, endsAt, tellFrom: endsAt - life / 5 };
  });
}
