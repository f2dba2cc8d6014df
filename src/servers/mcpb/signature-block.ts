/** Signatures follow the archive, in its comment, so that programs that unpack zip files take it for one. */
const HEAD = new TextEncoder().encode('MCPB_SIG_V1');
const TAIL = new TextEncoder().encode('MCPB_SIG_END');

/** Bytes of the block; the archive says this length before it is signed, so that signing changes nothing in it. */
const BLOCK = 16_384;
const LENGTH_BYTES = 4;
/** Of the record that ends an archive: its magic number, and where it holds the length of the comment. */
const END_MAGIC = 0x06054b50;
const END_BYTES = 22;
const COMMENT_AT = 20;

export interface SignedBundle {
  /** The archive, as it was signed. */
  readonly content: Uint8Array;
  /** The signature, PKCS#7 as DER; absent when there is none. */
  readonly signature?: Uint8Array;
  /** The archive as it was before a signer noted the length of the block in it; where that differs. */
  readonly unnoted?: Uint8Array;
}

/** Takes a bundle apart. What only looks like a block has an empty signature, which no check accepts. */
export function splitSigned(bundle: Uint8Array): SignedBundle {
  if (!endsWith(bundle, TAIL)) return { content: bundle };
  const head = lastIndexOf(bundle, HEAD);
  if (head === -1) return { content: bundle };
  const at = head + HEAD.length;
  const view = viewOf(bundle);
  const length = at + LENGTH_BYTES + TAIL.length <= bundle.length ? view.getUint32(at, true) : 0;
  const start = at + LENGTH_BYTES;
  const isWhole = start + length + TAIL.length <= bundle.length;
  const content = bundle.subarray(0, head);
  const signature = isWhole ? bundle.subarray(start, start + length) : new Uint8Array();
  const unnoted = withComment(content, 0);
  return { content, signature, ...(unnoted && { unnoted }) };
}

/** The archive with room for a signature noted in it: what has to be signed. Undefined for what is no archive. */
export function prepared(archive: Uint8Array): Uint8Array | undefined {
  return withComment(archive, BLOCK);
}

/** A prepared archive and its signature; undefined when that is too long. */
export function joinSigned(content: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  if (HEAD.length + LENGTH_BYTES + signature.length + TAIL.length > BLOCK) return undefined;
  const bundle = new Uint8Array(content.length + BLOCK);
  bundle.set(content);
  bundle.set(HEAD, content.length);
  viewOf(bundle).setUint32(content.length + HEAD.length, signature.length, true);
  bundle.set(signature, content.length + HEAD.length + LENGTH_BYTES);
  bundle.set(TAIL, bundle.length - TAIL.length);
  return bundle;
}

function withComment(archive: Uint8Array, length: number): Uint8Array | undefined {
  const end = endRecord(archive);
  if (end === undefined) return undefined;
  // A slice of a Buffer would be the same memory.
  const copy = new Uint8Array(archive);
  viewOf(copy).setUint16(end + COMMENT_AT, length, true);
  return copy;
}

function endRecord(archive: Uint8Array): number | undefined {
  const view = viewOf(archive);
  for (let at = archive.length - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === END_MAGIC) return at;
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(-end.length), end) === 0;
}

function lastIndexOf(bytes: Uint8Array, part: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf(part);
}
