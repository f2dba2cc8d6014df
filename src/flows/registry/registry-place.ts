import { join, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { NAMESPACE_PATTERN } from '../../core/registry-names.ts';
import {
  createToken,
  type GatewayToken,
  readTokens,
  revokeToken,
  type TokenPlace,
} from '../../gateway/front/tokens.ts';

export interface DataFlags {
  /** Folder of the registry; one of its own in the data folder when absent. */
  readonly data?: string;
}

/** Where the registry of this machine keeps what is its own. */
export function registryFolder({ data }: DataFlags, { cwd, paths }: Pick<Context, 'cwd' | 'paths'>): string {
  return data === undefined ? join(paths.data, 'registry') : resolve(cwd, data);
}

export function registryTokens(flags: DataFlags, context: Pick<Context, 'cwd' | 'paths'>): TokenPlace {
  const folder = registryFolder(flags, context);
  // Beside what they guard: people with homes of their own may share a folder.
  return { state: folder, locks: join(folder, 'locks'), opens: 'registry' };
}

export interface TokenFlags extends DataFlags {
  readonly name: string;
  readonly namespace?: readonly string[];
  readonly admin?: boolean;
}

export interface MadeToken {
  readonly name: string;
  readonly namespaces: readonly string[];
  /** Shown this once. */
  readonly token: string;
}

/** Makes a token that may publish the namespaces, and rate anything. @throws USAGE */
export async function makeRegistryToken(flags: TokenFlags, context: Context): Promise<MadeToken> {
  const { name, admin = false, namespace = [] } = flags;
  const wrong = namespace.find((pattern) => !NAMESPACE_PATTERN.test(pattern));
  if (wrong !== undefined) {
    throw new McpctlError('USAGE', `${JSON.stringify(wrong)} is no namespace.`, {
      hint: "Write it as in --namespace 'io.acme/*', or name one server: --namespace io.acme/weather",
    });
  }
  const namespaces = admin ? ['*'] : namespace;
  const token = await createToken(registryTokens(flags, context), name, context.now(), { namespaces });
  return { name, namespaces, token };
}

export async function listRegistryTokens(
  flags: DataFlags,
  context: Context,
): Promise<{ tokens: GatewayToken[] }> {
  const tokens = await readTokens(registryTokens(flags, context));
  return { tokens: tokens.map(({ sha256, ...shown }) => shown) };
}

export async function revokeRegistryToken(
  name: string,
  flags: DataFlags,
  context: Context,
): Promise<{ revoked: string }> {
  await revokeToken(registryTokens(flags, context), name);
  return { revoked: name };
}
