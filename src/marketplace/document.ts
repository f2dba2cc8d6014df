import { z } from 'zod';
import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { REGISTRY_NAME } from '../core/registry-names.ts';

/** The dated schema whose rules are these. */
export const SERVER_SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';

/** Where publishers say what they like; anything else in `_meta` belongs to registries. */
export const PUBLISHER_META = 'io.modelcontextprotocol.registry/publisher-provided';
const MOST_META_BYTES = 4096;

const webAddress = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be a web address');
const template = z
  .string()
  .regex(/^(https?:\/\/\S+|\{[A-Za-z_]\w*\}\S*)$/, 'must begin with https://, http:// or a {variable}');
/** Ranges would give another server tomorrow. */
const RANGE = /^[\^~<>=]|\|\||\s|(^|\.)[xX*](\.|$)|^latest$/;
const version = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => !RANGE.test(text), 'must be one version, no range and not "latest"')
  // It becomes a part of addresses, and of paths where a registry is built as files.
  .refine(
    (text) => /^[\w.+~:!-]+$/.test(text) && !/^\.+$/.test(text),
    'has characters a version cannot have',
  );

const input = z.looseObject({
  description: z.string().optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  value: z.string().optional(),
  default: z.string().optional(),
  placeholder: z.string().optional(),
  choices: z.array(z.string()).optional(),
});
const filled = input.extend({ variables: z.record(z.string(), input).optional() });
const named = filled.extend({ name: z.string().min(1) });
const argument = z.discriminatedUnion('type', [
  filled
    .extend({
      type: z.literal('positional'),
      valueHint: z.string().optional(),
      isRepeated: z.boolean().optional(),
    })
    .refine((one) => one.value !== undefined || one.valueHint !== undefined, 'needs a value or a valueHint'),
  named.extend({ type: z.literal('named'), isRepeated: z.boolean().optional() }),
]);

const http = { url: template, headers: z.array(named).optional() };
const transport = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('stdio') }),
  z.looseObject({ type: z.literal('streamable-http'), ...http }),
  z.looseObject({ type: z.literal('sse'), ...http }),
]);
const remote = z.looseObject({
  type: z.enum(['streamable-http', 'sse']),
  ...http,
  variables: z.record(z.string(), input).optional(),
});

const packageSchema = z
  .looseObject({
    registryType: z.string().min(1),
    identifier: z.string().min(1),
    version: version.optional(),
    registryBaseUrl: webAddress.optional(),
    fileSha256: z
      .string()
      .regex(/^[a-f0-9]{64}$/, 'must be a SHA-256 in lower-case hex')
      .optional(),
    runtimeHint: z.string().optional(),
    transport,
    runtimeArguments: z.array(argument).optional(),
    packageArguments: z.array(argument).optional(),
    environmentVariables: z.array(named).optional(),
  })
  .refine((one) => one.registryType !== 'mcpb' || one.fileSha256 !== undefined, {
    path: ['fileSha256'],
    error: 'is needed for a bundle, so that clients can tell it from another one',
  });

const serverSchema = z.looseObject({
  $schema: webAddress.optional(),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(REGISTRY_NAME, 'must be a namespace and a name, as in io.github.owner/server')
    .refine((name) => name.split('/').every((part) => !/^\.|\.\.|\.$/.test(part)), 'has a dot too many'),
  title: z.string().min(1).max(100).optional(),
  description: z.string().min(1).max(100),
  version,
  websiteUrl: webAddress.optional(),
  repository: z
    .looseObject({
      url: webAddress,
      source: z.string(),
      id: z.string().optional(),
      subfolder: z
        .string()
        .refine((path) => !/^\/|\\|(^|\/)\.\.?(\/|$)/.test(path), 'must be a clean relative path')
        .optional(),
    })
    .optional(),
  icons: z
    .array(
      z.looseObject({
        src: z
          .string()
          .max(255)
          .regex(/^https:\/\//, 'must begin with https://'),
        mimeType: z.enum(['image/png', 'image/jpeg', 'image/jpg', 'image/svg+xml', 'image/webp']).optional(),
        sizes: z.array(z.string().regex(/^(\d+x\d+|any)$/)).optional(),
        theme: z.enum(['light', 'dark']).optional(),
      }),
    )
    .optional(),
  packages: z.array(packageSchema).optional(),
  remotes: z.array(remote).optional(),
  _meta: z
    .looseObject({
      [PUBLISHER_META]: z
        .record(z.string(), z.unknown())
        .refine(
          (meta) => Buffer.byteLength(JSON.stringify(meta)) <= MOST_META_BYTES,
          'is longer than 4096 bytes',
        )
        .optional(),
    })
    .optional(),
});

/** A `server.json` that keeps the rules of its schema; what the schema does not know is kept. */
export type ServerDocument = z.infer<typeof serverSchema>;
export type ServerPackage = NonNullable<ServerDocument['packages']>[number];

/**
 * Judges a `server.json`. Of its `_meta` only what belongs to publishers is kept.
 * @throws SERVER_JSON_INVALID, with every problem in `data.problems`.
 */
export function parseServerDocument(value: unknown, origin: string): ServerDocument {
  const problems = problemsOf(value);
  const [first] = problems;
  if (first !== undefined) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    throw new McpctlError('SERVER_JSON_INVALID', `${origin} is no valid server.json: ${first}${more}.`, {
      hint: problems.length > 1 ? problems.slice(1, 8).join('\n') : 'Mend it and try again.',
      data: { problems },
    });
  }
  const { _meta, ...document } = value as ServerDocument;
  const own = _meta?.[PUBLISHER_META];
  return own === undefined ? document : { ...document, _meta: { [PUBLISHER_META]: own } };
}

function problemsOf(value: unknown): string[] {
  const found = serverSchema.safeParse(value).error?.issues.map(({ path, message }) => {
    const place = path.map(String).join('.');
    return `${place === '' ? '' : `${place}: `}${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  });
  // It was managed by publishers before 2025-09-29; a copy would only lie.
  if (isRecord(value) && 'status' in value) return [...(found ?? []), 'status: belongs to the registry'];
  return found ?? [];
}
