import { parseReferences } from '../../core/reference.ts';
import type { ClientAdapter, Shape } from '../adapter.ts';
import { type ClientEntry, stringList, stringMap, stringsOf } from '../entry.ts';
import type { Place } from '../place.ts';
import type { Remark } from '../problem.ts';
import { NO_REFERENCES } from '../references.ts';

const FORBIDDEN_VARIABLE = /^(PATH|LD_.*|DYLD_.*|NODE_OPTIONS|PYTHONPATH)$/;

/** An extension without `enabled`, `name`, `args` or a remote `description` is deleted at goose's next save. */
const shape: Shape = {
  transports: ['stdio', 'http'],
  keepsWorkingFolder: false,
  launchKeys: ['type', 'name', 'cmd', 'args', 'envs', 'env_keys', 'uri', 'headers'],
  encode: (entry, name) => {
    if (entry.kind === 'remote') {
      return {
        type: 'streamable_http',
        name,
        description: `${name}, managed by mcpctl`,
        enabled: true,
        uri: entry.url,
        ...(Object.keys(entry.headers).length > 0 && { headers: { ...entry.headers } }),
      };
    }
    const named = Object.keys(entry.env).filter((key) => entry.env[key] === `\${${key}}`);
    const literal = Object.entries(entry.env).filter(([key]) => !named.includes(key));
    return {
      type: 'stdio',
      name,
      description: `${name}, managed by mcpctl`,
      enabled: true,
      cmd: entry.command,
      args: [...entry.args],
      ...(literal.length > 0 && { envs: Object.fromEntries(literal) }),
      ...(named.length > 0 && { env_keys: named }),
    };
  },
  decode: (value) => {
    if (value.type === 'streamable_http' || value.type === 'sse') {
      if (typeof value.uri !== 'string') return undefined;
      const transport = value.type === 'sse' ? 'sse' : 'http';
      return { kind: 'remote', url: value.uri, headers: stringMap(value.headers), transport };
    }
    if (value.type !== 'stdio' || typeof value.cmd !== 'string') return undefined;
    const named = stringList(value.env_keys).map((key) => [key, `\${${key}}`] as const);
    return {
      kind: 'stdio',
      command: value.cmd,
      args: stringList(value.args),
      env: { ...stringMap(value.envs), ...Object.fromEntries(named) },
    };
  },
  check: (entry) => [...checkVariables(entry), ...checkReferencesOf(entry)],
};

export const goose: ClientAdapter = {
  id: 'goose',
  title: 'goose',
  dialect: { format: 'yaml', allowComments: true, allowTrailingCommas: true, allowByteOrderMark: false },
  section: ['extensions'],
  shape,
  references: { ...NO_REFERENCES, byShape: true },
  locations: (place) => ({ user: [{ path: place.join(folderOf(place), 'config.yaml') }] }),
  signs: (place) => ({ paths: [folderOf(place)], executables: ['goose'] }),
  // The key of an extension is its name in lower case without white space.
  limits: { serverName: /^[^A-Z\s]+$/ },
  restart: 'Restart goose.',
  cautions: ['goose rewrites the file and drops comments at its next save.'],
};

function folderOf({ platform, home, config, appConfig, join }: Place): string {
  if (platform === 'win32') return join(appConfig, 'Block', 'goose', 'config');
  return platform === 'darwin' ? join(home, '.config', 'goose') : join(config, 'goose');
}

function checkVariables(entry: ClientEntry): Remark[] {
  if (entry.kind === 'remote') return [];
  return Object.keys(entry.env)
    .filter((name) => FORBIDDEN_VARIABLE.test(name))
    .map((name) => ({
      code: 'CLIENT_ENTRY_UNSUPPORTED',
      severity: 'error',
      message: `goose rejects the variable ${name} in an extension's environment.`,
    }));
}

function checkReferencesOf(entry: ClientEntry): Remark[] {
  const found = stringsOf(entry).filter(({ value }) =>
    parseReferences(value).some(({ kind }) => kind === 'name'),
  );
  return found.map(({ field, key, value }) =>
    field === 'env' && value === `\${${key}}`
      ? {
          code: 'CLIENT_SECRET_EXPOSED' as const,
          severity: 'warning' as const,
          message: `goose looks ${key} up in its own keyring: store it there with goose configure.`,
        }
      : {
          code: 'CLIENT_SECRET_EXPOSED' as const,
          severity: 'error' as const,
          message: `goose would pass the reference in ${field} ${key} to the server as literal text.`,
          hint: 'Leave out --direct: mcpctl then resolves the value when the client starts the server.',
        },
  );
}
