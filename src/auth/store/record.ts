import type { Credential } from '../credential.ts';
import { credentialCorrupt } from './corrupt.ts';
import { credentialId } from './credential-row.ts';

/**
 * The record kept under an id.
 * @throws CREDENTIAL_CORRUPT, without the server's name.
 */
export async function parseRecord(id: string, text: string): Promise<Credential> {
  const { credentialSchema } = await import('../credential.ts');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw credentialCorrupt(id, 'it is not JSON');
  }
  const { success, data } = credentialSchema.safeParse(value);
  if (!success) throw credentialCorrupt(id, 'it is no record of this mcpctl');
  if (credentialId(data) !== id) throw credentialCorrupt(id, 'it is the record of another sign-in');
  return data;
}
