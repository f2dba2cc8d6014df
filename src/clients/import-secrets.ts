import { findLiteralSecret } from '../core/secret-patterns.ts';
import { type ClientEntry, type Field, mapStrings } from './entry.ts';

/** Hands out a reference name for a value: the same value keeps its name, another value gets another one. */
export type NameSecret = (wanted: string, value: string) => string;

/** Names that are unique among all servers of one import and do not change what `reserved` names mean. */
export function createSecretNames(reserved: ReadonlyMap<string, string> = new Map()): {
  name: NameSecret;
  secrets: ReadonlyMap<string, string>;
  /** The names handed out. */
  given: ReadonlySet<string>;
} {
  const secrets = new Map(reserved);
  const given = new Set<string>();
  const name: NameSecret = (wanted, value) => {
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? wanted : `${wanted}_${number}`;
      const taken = secrets.get(candidate);
      if (taken !== undefined && taken !== value) continue;
      secrets.set(candidate, value);
      given.add(candidate);
      return candidate;
    }
  };
  return { name, secrets, given };
}

/** The entry with every literal secret replaced by `${NAME}`. Variables come first, so that they keep their names. */
export function withoutSecrets(server: string, entry: ClientEntry, name: NameSecret): ClientEntry {
  const args = entry.kind === 'stdio' ? entry.args : [];
  const replace = (value: string, field: Field, key: string): string => {
    const option = field === 'args' ? optionBefore(args, Number(key)) : undefined;
    const shown = option ?? (field === 'args' ? '' : key);
    if (!findLiteralSecret(shown, value)) return value;
    const [head, secret] = split(field, value);
    const wanted = variableName(server, field, option ?? (field === 'args' ? optionOf(value) : key));
    return `${head}\${${name(wanted, secret)}}`;
  };
  const variables = mapStrings(entry, (value, field, key) =>
    field === 'env' ? replace(value, field, key) : value,
  );
  return mapStrings(variables, (value, field, key) => (field === 'env' ? value : replace(value, field, key)));
}

/** What stays and what is secret: `Bearer `, `--token=` stay. */
function split(field: Field, value: string): [string, string] {
  const pattern = field === 'headers' ? /^((?:Bearer|Basic|Token) +)(.+)$/is : /^(--?[\w-]+=)(.+)$/s;
  const [, head, secret] = (['headers', 'args'].includes(field) && pattern.exec(value)) || [];
  return head !== undefined && secret !== undefined ? [head, secret] : ['', value];
}

function optionBefore(args: readonly string[], index: number): string | undefined {
  const before = args[index - 1];
  return before !== undefined && /^--?[A-Za-z]/.test(before) && !before.includes('=') ? before : undefined;
}

function optionOf(value: string): string {
  return /^--?([\w-]+)=/.exec(value)?.[1] ?? 'secret';
}

/** An environment variable keeps its name; everything else is named after its server. */
function variableName(server: string, field: Field, key: string): string {
  if (field === 'env' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return key;
  const last = field === 'headers' && /^authorization$/i.test(key) ? 'token' : key;
  const words = `${server}_${last}`.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
  const name = words.toUpperCase();
  return /^[0-9]/.test(name) ? `SERVER_${name}` : name;
}
