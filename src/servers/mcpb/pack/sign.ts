import { createPrivateKey, X509Certificate } from 'node:crypto';
import { McpctlError, messageOf } from '../../../core/errors.ts';
import { joinSigned, prepared } from '../signature-block.ts';

export interface SigningKeys {
  /** PEM, the signer's own first, then those that vouch for it. */
  readonly certificates: string;
  /** PEM. */
  readonly key: string;
  /** Of an encrypted key. */
  readonly passphrase?: string;
}

/**
 * The archive with a signature in its comment. The same archive and keys give the same bytes: the time of signing is
 * not part of it.
 * @throws PACK_FAILED when key and certificate do not belong together, or are none that can sign.
 */
export async function signArchive(archive: Uint8Array, keys: SigningKeys): Promise<Uint8Array> {
  const { key, certificates } = readKeys(keys);
  const content = prepared(archive);
  if (!content) throw new McpctlError('INTERNAL', 'What was to be signed is no archive.');
  const { default: forge } = await import('node-forge');
  const message = forge.pkcs7.createSignedData();
  message.content = forge.util.createBuffer(Buffer.from(content).toString('binary'));
  const [own] = certificates;
  for (const pem of certificates) message.addCertificate(pem);
  const { oids } = forge.pki;
  message.addSigner({
    key,
    certificate: own ?? '',
    digestAlgorithm: oids.sha256 as string,
    authenticatedAttributes: [
      { type: oids.contentType as string, value: oids.data as string },
      { type: oids.messageDigest as string },
    ],
  });
  message.sign({ detached: true });
  const signature = Buffer.from(forge.asn1.toDer(message.toAsn1()).getBytes(), 'binary');
  const bundle = joinSigned(content, signature);
  if (bundle) return bundle;
  throw failed('the certificates are too long for the room a bundle has', 'Leave out the root certificate.');
}

function readKeys({ certificates, key, passphrase }: SigningKeys): { key: string; certificates: string[] } {
  const pems = certificates.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const [first] = pems;
  if (first === undefined) throw failed('the file of --cert holds no certificate', 'It has to be PEM.');
  try {
    const secret = createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) });
    if (secret.asymmetricKeyType !== 'rsa')
      throw failed(
        `the key is of the kind ${secret.asymmetricKeyType}`,
        'Programs that check bundles know RSA only.',
      );
    if (!new X509Certificate(first).checkPrivateKey(secret))
      throw failed(
        'the key does not belong to the certificate',
        'The first certificate of --cert has to be the signer’s own.',
      );
    return { key: secret.export({ type: 'pkcs8', format: 'pem' }).toString(), certificates: pems };
  } catch (error) {
    if (error instanceof McpctlError) throw error;
    throw failed(`key or certificate cannot be read (${messageOf(error)})`, 'Both have to be PEM files.');
  }
}

function failed(why: string, hint: string): McpctlError {
  return new McpctlError('PACK_FAILED', `The bundle was not signed: ${why}.`, { hint });
}
