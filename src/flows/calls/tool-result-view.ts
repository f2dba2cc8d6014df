import { plainLine, plainText } from '../../cli/terminal-text.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import type { Style } from '../../platform/style.ts';

/** A binary piece of a tool's result. */
export interface Attachment {
  readonly kind: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
  /** Where it was saved, absolute. */
  readonly path?: string;
}

/** Binary content in the order it stands in the result. */
export function attachmentsOf(result: JsonObject): Attachment[] {
  return contentOf(result).flatMap((item) => {
    const { data, mimeType = 'application/octet-stream' } = binaryOf(item);
    if (typeof data !== 'string') return [];
    return [{ kind: String(item.type), mimeType: String(mimeType), bytes: Buffer.from(data, 'base64') }];
  });
}

/** A result for people; binary content is named, never printed. */
export function renderResult(result: JsonObject, attachments: readonly Attachment[], style: Style): string {
  const rest = [...attachments];
  const parts = contentOf(result).map((item) => {
    if (typeof binaryOf(item).data === 'string') return style.dim(describe(rest.shift()));
    return renderItem(item, style);
  });
  if (parts.length === 0 && result.structuredContent !== undefined) {
    parts.push(plainText(JSON.stringify(result.structuredContent, null, 2)));
  }
  return parts.join('\n');
}

/** The result with binary content replaced by a remark, for JSON on a terminal. */
export function withoutBinary(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutBinary);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value as JsonObject).map(([key, member]): [string, Json] => {
    const isBinary =
      typeof member === 'string' && ((key === 'data' && 'mimeType' in value) || key === 'blob');
    return [
      key,
      isBinary ? `(${member.length} characters of base64; --output saves it)` : withoutBinary(member),
    ];
  });
  return Object.fromEntries(entries);
}

const EXTENSIONS: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'application/pdf': 'pdf',
  'application/gzip': 'gz',
  'application/zip': 'zip',
};

export function extensionOf(mimeType: string): string {
  return EXTENSIONS[mimeType] ?? 'bin';
}

function contentOf({ content }: JsonObject): JsonObject[] {
  return Array.isArray(content) ? (content.filter(isRecord) as JsonObject[]) : [];
}

function binaryOf(item: JsonObject): { data?: Json; mimeType?: Json } {
  if (item.type === 'image' || item.type === 'audio') return item;
  const { resource } = item;
  if (!isRecord(resource) || typeof resource.blob !== 'string') return {};
  return { data: resource.blob, mimeType: (resource.mimeType ?? 'application/octet-stream') as Json };
}

function renderItem(item: JsonObject, style: Style): string {
  if (item.type === 'text') return plainText(String(item.text ?? ''));
  if (item.type === 'resource_link') {
    const name = item.title ?? item.name;
    return `${plainLine(String(item.uri))}${name === undefined ? '' : ` ${style.dim(plainLine(String(name)))}`}`;
  }
  const { resource } = item;
  if (isRecord(resource) && typeof resource.text === 'string') {
    return `${style.dim(plainLine(String(resource.uri)))}\n${plainText(resource.text)}`;
  }
  return plainText(JSON.stringify(item, null, 2));
}

function describe(attachment: Attachment | undefined): string {
  if (!attachment) return '';
  const { kind, mimeType, bytes, path } = attachment;
  const what = `[${kind} ${plainLine(mimeType)}, ${bytes.length} bytes`;
  return path ? `${what}: ${path}]` : `${what}; --output <file> saves it]`;
}
