import { parseReferences, type Segment } from '../core/reference.ts';
import { type ClientEntry, type Field, mapStrings, stringsOf } from './entry.ts';
import type { Remark } from './problem.ts';

/** How a client spells references to environment variables, and where it expands them. */
export interface References {
  /** Fields in which the client expands references; empty when it has none. */
  readonly fields: readonly Field[];
  /** True when the shape moves references to keys of their own (Codex, goose) and checks them itself. */
  readonly byShape?: boolean;
  /** The client's spelling; undefined when it has none for a reference with a fallback. */
  write(name: string, fallback: string | undefined): string | undefined;
  /** The client's spellings turned into the manifest's. */
  read(text: string): string;
  /** Said with a warning whenever a reference is written. */
  readonly caution?: string;
}

const keep = (text: string): string => text;

const NAME = '([A-Za-z_][A-Za-z0-9_]*)';
const ENV_COLON = new RegExp(`\\$\\{env:${NAME}\\}`, 'g');
const BRACE_ENV = new RegExp(`\\{env:${NAME}\\}`, 'g');
const BARE = new RegExp(`\\$${NAME}`, 'g');
const PERCENT = new RegExp(`%${NAME}%`, 'g');

/** The client passes every string on as it stands. */
export const NO_REFERENCES: References = { fields: [], write: () => undefined, read: keep };

/** `${NAME}` and `${NAME:-fallback}`, as in the manifest. */
export const DOLLAR_BRACE: References = {
  fields: ['command', 'args', 'env', 'url', 'headers'],
  write: (name, fallback) => (fallback === undefined ? `\${${name}}` : `\${${name}:-${fallback}}`),
  read: keep,
};

/** `${env:NAME}`, without fallbacks. */
export const ENV_PREFIX: References = {
  fields: ['command', 'args', 'env', 'url', 'headers'],
  write: (name, fallback) => (fallback === undefined ? `\${env:${name}}` : undefined),
  read: (text) => text.replaceAll(ENV_COLON, '${$1}'),
};

/** `{env:NAME}`, substituted in the raw text of the file. */
export const BRACE_PREFIX: References = {
  fields: ['command', 'args', 'env', 'url', 'headers'],
  write: (name, fallback) => (fallback === undefined ? `{env:${name}}` : undefined),
  read: (text) => text.replaceAll(BRACE_ENV, '${$1}'),
};

/** `${NAME}`, and on reading also `$NAME` and, on Windows, `%NAME%`. */
export const SHELL_LIKE: References = {
  ...DOLLAR_BRACE,
  read: (text) => text.replaceAll(BARE, '${$1}').replaceAll(PERCENT, '${$1}'),
};

/** The entry with every reference in the client's spelling. Only for entries `checkReferences` accepts. */
export function writeReferences(entry: ClientEntry, references: References): ClientEntry {
  if (references.byShape) return entry;
  return mapStrings(entry, (value) =>
    parseReferences(value)
      .map((segment) => {
        if (segment.kind === 'text') return segment.text;
        if (segment.kind === 'scheme') return `\${${segment.scheme}:${segment.path}}`;
        return references.write(segment.name, segment.fallback) ?? '';
      })
      .join(''),
  );
}

/** The entry with the client's references in the manifest's spelling. */
export function readReferences(entry: ClientEntry, references: References): ClientEntry {
  return mapStrings(entry, (value) => references.read(value));
}

/** References the client would hand to the server as literal text, or could not keep out of its file. */
export function checkReferences(entry: ClientEntry, references: References, client: string): Remark[] {
  const used = stringsOf(entry).flatMap(({ field, key, value }) =>
    parseReferences(value).flatMap((segment) => {
      const where = field === key ? field : `${field} ${key}`;
      return segment.kind === 'text' ? [] : [{ segment, field, where }];
    }),
  );
  const refused = used.flatMap(({ segment, field, where }) => {
    const message = refusal({ segment, field, where, references, client });
    if (message === undefined) return [];
    const hint = 'Leave out --direct: mcpctl then resolves the value when the client starts the server.';
    return [{ code: 'CLIENT_SECRET_EXPOSED' as const, severity: 'error' as const, message, hint }];
  });
  if (used.length === 0 || refused.length > 0 || references.caution === undefined) return refused;
  return [{ code: 'CLIENT_SECRET_EXPOSED', severity: 'warning', message: references.caution }];
}

interface Use {
  readonly segment: Exclude<Segment, { kind: 'text' }>;
  readonly field: Field;
  readonly where: string;
  readonly references: References;
  readonly client: string;
}

function refusal({ segment, field, where, references, client }: Use): string | undefined {
  if (segment.kind === 'scheme') return `${client} cannot read \${${segment.scheme}:…} in ${where}.`;
  if (references.byShape) return undefined;
  if (!references.fields.includes(field)) {
    return `${client} would pass \${${segment.name}} in ${where} to the server as literal text.`;
  }
  if (references.write(segment.name, segment.fallback) === undefined) {
    return `${client} has no spelling for \${${segment.name}:-…} with a fallback, in ${where}.`;
  }
  return undefined;
}
