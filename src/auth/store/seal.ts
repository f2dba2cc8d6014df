import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** AES-256-GCM output, each part in base64. */
export interface Sealed {
  /** 96 random bits. */
  readonly nonce: string;
  /** Ciphertext and its 128-bit tag. */
  readonly data: string;
}

const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;

/** Encrypts with a key of 32 bytes; `context` is not kept but must be the same to open it. */
export function seal(key: Uint8Array, context: string, plain: Uint8Array): Sealed {
  const nonce = randomBytes(12);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const data = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString('base64'), data: data.toString('base64') };
}

/** Undefined when the key or the context is another one, or a bit was changed. */
export function unseal(key: Uint8Array, context: string, { nonce, data }: Sealed): Buffer | undefined {
  const bytes = Buffer.from(data, 'base64');
  const iv = Buffer.from(nonce, 'base64');
  // Base64 has digits with bits that mean nothing: changed is changed.
  if (bytes.toString('base64') !== data || iv.toString('base64') !== nonce) return undefined;
  if (bytes.length < TAG_BYTES || iv.length !== 12) return undefined;
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const start = decipher.update(bytes.subarray(0, -TAG_BYTES));
  try {
    return Buffer.concat([start, decipher.final()]);
  } catch {
    return undefined;
  }
}
