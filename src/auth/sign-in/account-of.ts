import { isRecord } from '../../core/json.ts';

/** Who a token belongs to, where it is a JWT that says so. To show only: nobody checked the signature. */
export function accountOf(accessToken: string): string | undefined {
  const [, payload, signature] = accessToken.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (!isRecord(claims)) return undefined;
    const { email, preferred_username: user, name, sub } = claims;
    const found = [email, user, name, sub].find((claim) => typeof claim === 'string' && claim !== '');
    return typeof found === 'string' ? found.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 100) : undefined;
  } catch {
    return undefined;
  }
}
