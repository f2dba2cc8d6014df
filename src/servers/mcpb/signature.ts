import { createHash, verify, X509Certificate } from 'node:crypto';
import type { asn1 } from 'node-forge';
import { McpctlError } from '../../core/errors.ts';
import { splitSigned } from './signature-block.ts';

/** Who signed a bundle. Whether anybody vouches for the certificate is not asked. */
export interface Signer {
  /** Common name of the certificate, else all of its subject. */
  readonly name: string;
  readonly issuer: string;
  /** SHA-256 of the certificate, as hexadecimal. */
  readonly fingerprint: string;
  /** True when the certificate's time is over, or has not begun. */
  readonly isOutOfDate: boolean;
}

/**
 * The archive of a bundle, and who signed it when it is signed.
 * @throws INTEGRITY_MISMATCH when it is signed and the signature does not fit: it was changed, or cut.
 */
export async function openSigned(
  bundle: Uint8Array,
  origin: string,
  now: Date,
): Promise<{ readonly archive: Uint8Array; readonly signer?: Signer }> {
  const { content, unnoted, signature } = splitSigned(bundle);
  if (!signature) return { archive: content };
  const signer = (await signerOf(signature, [content, ...(unnoted ? [unnoted] : [])], now)) ?? refuse(origin);
  return { archive: content, signer };
}

function refuse(origin: string): never {
  throw new McpctlError(
    'INTEGRITY_MISMATCH',
    `${origin} is signed, and its signature does not fit: the bundle was changed after it was signed.`,
    { hint: 'Get it again from its publisher; do not run this one.' },
  );
}

const SHA256 = '2.16.840.1.101.3.4.2.1';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** Undefined when the signature fits none of the contents, or is none. */
async function signerOf(
  signature: Uint8Array,
  contents: readonly Uint8Array[],
  now: Date,
): Promise<Signer | undefined> {
  const { default: forge } = await import('node-forge');
  const der = (node: asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(node).getBytes(), 'binary');
  try {
    const message = forge.asn1.fromDer(Buffer.from(signature).toString('binary'));
    const [type, data] = partsOf(message);
    if (forge.asn1.derToOid(String(type?.value)) !== SIGNED_DATA) return undefined;
    const parts = partsOf(partsOf(data)[0]);
    const certificates = parts.find(isContext(forge, 0));
    const [info] = partsOf(parts.at(-1));
    const [, , digestAlgorithm, attributes, , signed] = partsOf(info);
    if (!attributes || !signed || oidIn(forge, digestAlgorithm) !== SHA256) return undefined;
    const digest = partsOf(attributes).find((one) => oidIn(forge, one) === MESSAGE_DIGEST);
    const stated = Buffer.from(String(partsOf(partsOf(digest)[1])[0]?.value), 'binary');
    const fits = contents.some((content) => createHash('sha256').update(content).digest().equals(stated));
    if (!fits) return undefined;
    // The attributes are signed as the set they are, not under the tag they stand with.
    const { Class, Type } = forge.asn1;
    const set = der(forge.asn1.create(Class.UNIVERSAL, Type.SET, true, partsOf(attributes)));
    const bytes = Buffer.from(String(signed.value), 'binary');
    const certificate = partsOf(certificates)
      .map((one) => new X509Certificate(der(one)))
      .find(({ publicKey }) => verify('sha256', set, publicKey, bytes));
    return certificate && describe(certificate, now);
  } catch {
    // Whatever cannot be read as a signature is none, and the bundle says that it has one.
    return undefined;
  }
}

function describe(certificate: X509Certificate, now: Date): Signer {
  const { subject, issuer, fingerprint256, validFrom, validTo } = certificate;
  return {
    name: commonName(subject),
    issuer: commonName(issuer),
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    isOutOfDate: now < new Date(validFrom) || now > new Date(validTo),
  };
}

function commonName(name: string): string {
  return /^CN=(.*)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ');
}

function partsOf(node: asn1.Asn1 | undefined): asn1.Asn1[] {
  return Array.isArray(node?.value) ? node.value : [];
}

function isContext(forge: typeof import('node-forge'), tag: number): (node: asn1.Asn1) => boolean {
  return (node) => node.tagClass === forge.asn1.Class.CONTEXT_SPECIFIC && Number(node.type) === tag;
}

/** The object identifier a sequence begins with. */
function oidIn(forge: typeof import('node-forge'), node: asn1.Asn1 | undefined): string {
  return forge.asn1.derToOid(String(partsOf(node)[0]?.value));
}
