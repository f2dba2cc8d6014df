import type { Scope } from '../manifest/scopes.ts';
import type { Env } from '../platform/env.ts';
import type { Paths } from '../platform/paths.ts';
import type { Keychain, KeychainOptions } from './keychain.ts';
import { createResolver, type Resolver } from './resolve.ts';

/** The parts of the machine that decide where secrets are; a command's `Context` has them all. */
export interface SecretMachine {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  /** Absolute. */
  readonly cwd: string;
  readonly paths: Pick<Paths, 'home' | 'state' | 'locks'>;
  readonly program: { readonly script: string };
  readonly prompt: { readonly canAsk: boolean };
}

export interface ResolverScope {
  /** Of the manifest whose entry refers to the names. */
  readonly scope: Scope;
  /** Folder whose `.env` counts: the project's; the working directory by default. */
  readonly projectFolder?: string;
  /** Named in errors. */
  readonly server?: string;
}

/** A resolver that opens this machine's keychain when it comes to that. */
export function resolverFor(machine: SecretMachine, scope: ResolverScope): Resolver {
  const { env, platform, paths, cwd } = machine;
  const keychain = (): Promise<Keychain> => openKeychain(machine);
  return createResolver({ env, platform, home: paths.home, keychain, projectFolder: cwd, ...scope });
}

/** A part of the machine's keychain, secrets by default; its code is loaded here and not before. */
export async function openKeychain(
  machine: SecretMachine,
  { part, isApart }: Pick<KeychainOptions, 'part' | 'isApart'> = {},
): Promise<Keychain> {
  const { env, platform, paths, program, prompt } = machine;
  const { createKeychain } = await import('./keychain.ts');
  return createKeychain({
    env,
    platform,
    paths,
    script: program.script,
    canAsk: prompt.canAsk,
    part,
    isApart,
  });
}
