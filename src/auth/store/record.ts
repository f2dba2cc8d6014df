import type { Credential } from '../credential.ts';
import { credentialCorrupt } from './corrupt.ts';
import { credentialId } from './credential-row.ts';
import { hasRecordShape } from './record-shape.ts';

/**
 * The record kept under an id.
 * @throws CREDENTIAL_CORRUPT, without the server's name.
 */
export async function parseRecord(id: string, text: string): Promise<Credential> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw credentialCorrupt(id, 'it is not JSON');
  }
  const record = hasRecordShape(value) ? value : await parsed(value);
  if (!record) throw credentialCorrupt(id, 'it is no record of this mcpctl');
  if (credentialId(record) !== id) throw credentialCorrupt(id, 'it is the record of another sign-in');
  return record;
}

async function parsed(value: unknown): Promise<Credential | undefined> {
  const { credentialSchema } = await import('../credential.ts');
  return credentialSchema.safeParse(value).data;
}
