import { McpctlError } from '../core/errors.ts';
import type { Env } from '../platform/env.ts';
import { readDotenv } from './dotenv.ts';
import { createFingerprint } from './fingerprint.ts';
import type { Keychain } from './keychain.ts';
import { type Need, type NeedySource, needsOf } from './needs.ts';
import { openKeychain, type SecretMachine } from './resolver-for.ts';

export interface SecretRow {
  readonly name: string;
  /** Where a value is, the one that counts first. */
  readonly stored: ('environment' | 'env' | 'keychain')[];
  /** Servers whose manifest entry refers to it. */
  readonly usedBy: string[];
  /**
   * `ready`; `optional`: a default stands in; `missing`: a server needs it and it is nowhere; `unknown`: it may be in
   * the keychain, which cannot be asked; `corrupt`: stored but incomplete.
   */
  readonly state: 'ready' | 'optional' | 'missing' | 'unknown' | 'corrupt';
  /** 12 hex digits that change with the value that counts. */
  readonly fingerprint?: string;
}

export interface Inventory {
  readonly secrets: SecretRow[];
  /** Why the keychain could not be asked. */
  readonly keychain?: { readonly code: string; readonly message: string; readonly hint?: string };
}

export interface InventoryRequest {
  readonly servers: Iterable<NeedySource>;
  readonly projectFolder: string;
  readonly signal?: AbortSignal;
}

/** Every name that is stored or needed, sorted; no values. The keychain is asked until it fails once. */
export async function takeInventory(machine: SecretMachine, request: InventoryRequest): Promise<Inventory> {
  const needs = new Map(needsOf(request.servers).map((need) => [need.name, need]));
  const [dotenv, keychain, fingerprint] = await Promise.all([
    readDotenv(request.projectFolder),
    openKeychain(machine),
    createFingerprint(machine.paths.state),
  ]);
  const listed = await keychain.names();
  const questions = new KeychainQuestions(keychain, request.signal);
  const secrets: SecretRow[] = [];
  for (const name of [...new Set([...needs.keys(), ...dotenv.keys(), ...listed])].sort()) {
    const need = needs.get(name);
    const isListed = listed.includes(name);
    const found = foundHere({ name, need, env: machine.env, dotenv });
    const isAsked = isListed || (need?.required === true && found.length === 0);
    const kept = isAsked ? await questions.ask(name) : {};
    // For the user's own servers a listed name wins over .env.
    const last =
      isListed && need?.fromProject === false && found.at(-1)?.[0] === 'env' ? found.pop() : undefined;
    if (kept.value) found.push(['keychain', kept.value]);
    // A value the keychain holds but cannot give is not replaced by .env.
    const isBarred = last !== undefined && found.length === 0 && kept.trouble !== undefined;
    if (last) found.push(last);
    const [counts] = found;
    secrets.push({
      name,
      stored: found.map(([place]) => place),
      usedBy: need?.servers ?? [],
      state: counts && !isBarred ? 'ready' : stateOf({ need, isListed, trouble: kept.trouble }),
      ...(counts && !isBarred && { fingerprint: fingerprint(counts[1]) }),
    });
  }
  return { secrets, ...(questions.failure && { keychain: questions.failure }) };
}

interface Places {
  readonly name: string;
  readonly need: Need | undefined;
  readonly env: Env;
  readonly dotenv: ReadonlyMap<string, string>;
}

/** Values outside the keychain, the one that counts first. */
function foundHere({ name, need, env, dotenv }: Places): [SecretRow['stored'][number], string][] {
  if (need && !need.fromEnvironment) return [];
  // The whole environment is not ours to list: only what a server refers to.
  const exported = need ? env[name] : undefined;
  const local = dotenv.get(name);
  return [
    ...(exported ? [['environment', exported] as const] : []),
    ...(local ? [['env', local] as const] : []),
  ].map(([place, value]) => [place, value]);
}

interface Absence {
  readonly need: Need | undefined;
  readonly isListed: boolean;
  readonly trouble: 'unknown' | 'corrupt' | undefined;
}

function stateOf({ need, isListed, trouble }: Absence): SecretRow['state'] {
  if (trouble === 'corrupt') return 'corrupt';
  // A name that is not listed was never put into the keychain by mcpctl, so it counts as missing.
  if (trouble === 'unknown' && isListed) return 'unknown';
  return need && !need.required ? 'optional' : 'missing';
}

interface Answer {
  readonly value?: string;
  readonly trouble?: 'unknown' | 'corrupt';
}

class KeychainQuestions {
  readonly #keychain: Keychain;
  readonly #signal: AbortSignal | undefined;
  failure: Inventory['keychain'];

  constructor(keychain: Keychain, signal: AbortSignal | undefined) {
    this.#keychain = keychain;
    this.#signal = signal;
  }

  async ask(name: string): Promise<Answer> {
    if (this.failure) return { trouble: 'unknown' };
    try {
      const value = await this.#keychain.get(name, this.#signal);
      return value === undefined ? {} : { value };
    } catch (error) {
      if (!(error instanceof McpctlError)) throw error;
      if (error.code === 'SECRET_CORRUPT') return { trouble: 'corrupt' };
      if (error.code !== 'KEYCHAIN_UNAVAILABLE') throw error;
      const { code, message, hint } = error;
      this.failure = { code, message, ...(hint !== undefined && { hint }) };
      return { trouble: 'unknown' };
    }
  }
}
