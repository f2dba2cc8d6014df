import type { JsonObject } from '../../core/json.ts';
import { parseReferences } from '../../core/reference.ts';
import type { ClientAdapter, Shape } from '../adapter.ts';
import {
  type ClientEntry,
  type RemoteLaunch,
  type StdioLaunch,
  stringList,
  stringMap,
  stringsOf,
} from '../entry.ts';
import type { Remark } from '../problem.ts';
import { NO_REFERENCES } from '../references.ts';

const BEARER = /^Bearer \$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/** Values are literal and little of the environment is passed on: variables are named in keys of their own. */
const shape: Shape = {
  transports: ['stdio', 'http'],
  keepsWorkingFolder: true,
  launchKeys: [
    'command',
    'args',
    'env',
    'env_vars',
    'cwd',
    'url',
    'http_headers',
    'env_http_headers',
    'bearer_token_env_var',
  ],
  encode: (entry) => (entry.kind === 'stdio' ? encodeStdio(entry) : encodeRemote(entry)),
  decode: (value) => {
    if (typeof value.command === 'string') return decodeStdio(value);
    return typeof value.url === 'string' ? decodeRemote(value, value.url) : undefined;
  },
  check: (entry) => stringsOf(entry).flatMap((string) => checkString(entry, string)),
};

export const codex: ClientAdapter = {
  id: 'codex',
  title: 'Codex',
  dialect: { format: 'toml', allowComments: true, allowTrailingCommas: true, allowByteOrderMark: true },
  section: ['mcp_servers'],
  shape,
  references: { ...NO_REFERENCES, byShape: true },
  locations: ({ env, home, project = '.', join }) => ({
    user: [{ path: join(env.CODEX_HOME || join(home, '.codex'), 'config.toml') }],
    project: [{ path: join(project, '.codex', 'config.toml') }],
  }),
  signs: ({ env, home, join }) => ({
    paths: [env.CODEX_HOME || join(home, '.codex')],
    executables: ['codex'],
  }),
  limits: { serverName: /^[A-Za-z0-9_-]+$/, toolName: 64 },
  restart: 'Start a new Codex session.',
  cautions: [
    'One entry Codex cannot read stops every codex command.',
    'Project files count only in folders Codex trusts, and are merged key by key over the user file.',
  ],
};

function encodeStdio({ command, args, env, cwd }: StdioLaunch): JsonObject {
  const passed = Object.keys(env).filter((name) => env[name] === `\${${name}}`);
  const literal = Object.entries(env).filter(([name]) => !passed.includes(name));
  return {
    command,
    args: [...args],
    ...(literal.length > 0 && { env: Object.fromEntries(literal) }),
    ...(passed.length > 0 && { env_vars: passed }),
    ...(cwd !== undefined && { cwd }),
  };
}

function encodeRemote({ url, headers }: RemoteLaunch): JsonObject {
  const result: JsonObject = { url };
  const literal: Record<string, string> = {};
  const named: Record<string, string> = {};
  for (const [header, value] of Object.entries(headers)) {
    const bearer = header.toLowerCase() === 'authorization' ? BEARER.exec(value)?.[1] : undefined;
    const name = wholeReference(value);
    if (bearer) result.bearer_token_env_var = bearer;
    else if (name) named[header] = name;
    else literal[header] = value;
  }
  return {
    ...result,
    ...(Object.keys(literal).length > 0 && { http_headers: literal }),
    ...(Object.keys(named).length > 0 && { env_http_headers: named }),
  };
}

function decodeStdio(value: Readonly<Record<string, unknown>>): ClientEntry {
  const passed = stringList(value.env_vars).map((name) => [name, `\${${name}}`] as const);
  return {
    kind: 'stdio',
    command: String(value.command),
    args: stringList(value.args),
    env: { ...stringMap(value.env), ...Object.fromEntries(passed) },
    ...(typeof value.cwd === 'string' && { cwd: value.cwd }),
  };
}

function decodeRemote(value: Readonly<Record<string, unknown>>, url: string): ClientEntry {
  const named = Object.entries(stringMap(value.env_http_headers)).map(([key, name]) => [key, `\${${name}}`]);
  const bearer = value.bearer_token_env_var;
  return {
    kind: 'remote',
    url,
    transport: 'http',
    headers: {
      ...stringMap(value.http_headers),
      ...Object.fromEntries(named),
      ...(typeof bearer === 'string' && { Authorization: `Bearer \${${bearer}}` }),
    },
  };
}

function checkString(
  entry: ClientEntry,
  { field, key, value }: ReturnType<typeof stringsOf>[number],
): Remark[] {
  if (parseReferences(value).every(({ kind }) => kind !== 'name')) return [];
  const passes =
    (field === 'env' && value === `\${${key}}`) ||
    (field === 'headers' && (wholeReference(value) !== undefined || isBearer(key, value)));
  if (passes && entry) return [];
  return [
    {
      code: 'CLIENT_SECRET_EXPOSED',
      severity: 'error',
      message: `Codex would pass ${value.replaceAll(/:-[^}]*/g, ':-…')} in ${field} ${key} to the server as literal text.`,
      hint: 'Leave out --direct: mcpctl then resolves the value when the client starts the server.',
    },
  ];
}

function isBearer(header: string, value: string): boolean {
  return header.toLowerCase() === 'authorization' && BEARER.test(value);
}

/** The variable's name when the value is one plain reference and nothing else. */
function wholeReference(value: string): string | undefined {
  const [first, ...rest] = parseReferences(value);
  if (first?.kind !== 'name' || first.fallback !== undefined || rest.length > 0) return undefined;
  return first.name;
}
