import { findInCatalog, suggestFromCatalog } from '../../catalog/find.ts';
import { type CatalogWay, chooseWay } from '../../catalog/way.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import type { Scope } from '../../manifest/scopes.ts';
import type { SecretStore } from '../../secrets/secret-reader.ts';
import { adjustSpec } from '../../servers/add/adjust.ts';
import { type AddWords, parseAssignments, parseHeaders } from '../../servers/add/words.ts';
import { type KnownRegistry, specFromRegistries } from '../../servers/choose-registry.ts';
import { specFromCatalog } from '../../servers/from-catalog.ts';
import type { Machine } from '../../servers/machine.ts';
import { anchored, nameFor, resolveSpec, specOfCommand } from '../../servers/resolve-spec.ts';
import type { Spec } from '../../servers/spec.ts';

export interface AddFlags {
  readonly name?: string;
  readonly scope?: Scope | 'local';
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly verify: boolean;
  readonly sync: boolean;
  readonly signIn: boolean;
  /** Ids of clients to tell, installed or not; those of the settings, or every one found, when undefined. */
  readonly client?: readonly string[];
  readonly allowScripts?: boolean;
  readonly force?: boolean;
  readonly write?: boolean;
  readonly via?: string;
  readonly auth?: CatalogWay['auth'];
  readonly profile?: string;
  readonly bin?: string;
  readonly transport?: 'http' | 'sse' | 'stdio';
  readonly env: readonly string[];
  readonly header: readonly string[];
  readonly arg: readonly string[];
  readonly set: readonly string[];
  readonly store?: SecretStore;
}

interface LookUp extends Pick<Context, 'cwd' | 'paths' | 'signal'> {
  readonly machine: Machine;
  readonly scope: Scope;
  /** In the order in which they are asked. */
  readonly registries: readonly KnownRegistry[];
}

/** What was asked for, word by word, with the flags applied. Asks the registries for names that look like one of theirs. */
export async function specsOf(words: AddWords, flags: AddFlags, look: LookUp): Promise<Spec[]> {
  const name = flags.name ?? words.name;
  const { cwd, paths, machine, scope, signal, registries } = look;
  const specs = words.command
    ? [specOfCommand(scope === 'project' ? words.command : anchored(words.command, cwd), name)]
    : await Promise.all(
        words.servers.map((argument) =>
          resolveSpec(argument, {
            cwd,
            home: paths.home,
            findInCatalog: (asked) => catalogSpec(asked, flags),
            findInRegistry: (asked) =>
              specFromRegistries(asked, registries, { fetch: machine.fetch, signal, nameFor }),
            suggest: (asked) => suggestFromCatalog(asked),
          }),
        ),
      );
  const adjustment = {
    env: parseAssignments(flags.env, '--env'),
    headers: parseHeaders(flags.header),
    args: flags.arg,
    findSecret: findLiteralSecret,
    ...(name !== undefined && { name }),
    ...(flags.transport && { transport: flags.transport }),
    ...(flags.bin !== undefined && { bin: flags.bin }),
  };
  const isAdjusted = name !== undefined || flags.env.length + flags.header.length + flags.arg.length > 0;
  if (specs.length > 1 && isAdjusted) {
    throw new McpctlError('USAGE', '--name, --env, --header and --arg are for one server at a time.', {
      hint: 'Add that server in a command of its own.',
    });
  }
  return specs.map((spec) => adjustSpec(spec, adjustment));
}

async function catalogSpec(
  asked: string,
  { write, via, profile, auth }: AddFlags,
): Promise<Spec | undefined> {
  const match = await findInCatalog(asked);
  if (!match) return undefined;
  const chosen = profile === undefined ? match : { ...match, profile };
  const { kinds } = match.entry.auth;
  if (auth !== undefined && !match.alternative && !kinds.includes(auth)) {
    throw new McpctlError('USAGE', `${match.entry.title} has no sign-in of kind ${auth}.`, {
      hint: `Choose one of: ${kinds.join(', ')}`,
    });
  }
  const way = chooseWay(chosen, {
    ...(write && { write }),
    ...(via !== undefined && { transport: via }),
    ...(auth && { auth }),
  });
  if (way) return specFromCatalog(chosen, way, asked);
  const ways = (match.alternative ?? match.entry).transports.map(({ id }) => id);
  throw new McpctlError('USAGE', `${match.entry.title} cannot be reached via ${via}.`, {
    hint: `Choose one of: ${ways.join(', ')}`,
  });
}
