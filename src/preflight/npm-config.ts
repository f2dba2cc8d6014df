import { dirname, join } from 'node:path';
import type { Machine } from './machine.ts';

/** What of npm's configuration decides how the registry is reached. */
export interface NpmConfig {
  /** As written, which may be no address at all; undefined where npm's own default counts. */
  readonly registry: string | undefined;
  readonly proxy: string | undefined;
  readonly httpsProxy: string | undefined;
  /** Comma-separated hosts reached without the proxy. */
  readonly noProxy: string;
  readonly caFile: string | undefined;
  readonly verifiesCertificates: boolean;
}

/**
 * Reads npm's settings without starting npm (which costs as much as a server): environment over project over user
 * over global file.
 */
export async function readNpmConfig(machine: Machine, npmPath: string | undefined): Promise<NpmConfig> {
  const { env, paths, cwd, files } = machine;
  const globalFile = npmPath && join(dirname(dirname(npmPath)), 'etc', 'npmrc');
  const userFile = setting(env, 'userconfig') ?? join(paths.home, '.npmrc');
  const layers = await Promise.all(
    [join(cwd, '.npmrc'), userFile, setting(env, 'globalconfig') ?? globalFile].map(async (path) =>
      path ? parse((await files.read(path)) ?? '', env) : {},
    ),
  );
  const value = (key: string): string | undefined =>
    setting(env, key) ?? layers.find((layer) => layer[key] !== undefined)?.[key];
  return {
    registry: value('registry'),
    proxy: value('proxy') ?? (env.HTTP_PROXY || env.http_proxy || undefined),
    httpsProxy:
      value('https-proxy') ??
      value('proxy') ??
      (env.HTTPS_PROXY || env.https_proxy || env.PROXY || undefined),
    noProxy: value('noproxy') ?? (env.NO_PROXY || env.no_proxy || ''),
    caFile: value('cafile'),
    verifiesCertificates: value('strict-ssl') !== 'false',
  };
}

function setting(env: Machine['env'], key: string): string | undefined {
  const name = `npm_config_${key.replaceAll('-', '_')}`;
  return env[name] || env[name.toUpperCase()] || env[`NPM_CONFIG_${key.replaceAll('-', '_')}`] || undefined;
}

function parse(text: string, env: Machine['env']): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#;=[\]]+?)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match) continue;
    const [, key = '', raw = ''] = match;
    const bare = raw.replace(/^"(.*)"$/, '$1');
    values[key] = bare.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole);
  }
  return values;
}

/** True when the host is on the list of those reached without a proxy. */
export function isExempt(host: string, noProxy: string): boolean {
  return noProxy
    .split(/[\s,]+/)
    .filter((item) => item !== '')
    .some((item) => {
      const bare = item
        .replace(/^\*?\./, '')
        .replace(/:\d+$/, '')
        .toLowerCase();
      return item === '*' || host === bare || host.endsWith(`.${bare}`);
    });
}
