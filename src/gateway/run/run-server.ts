import { createHash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { AuditMachine } from '../../audit/open-here.ts';
import type { TokenSource } from '../../auth/tokens/token-source.ts';
import { endGenerations } from '../../calls/cache/generations.ts';
import { tokenMeter } from '../../calls/meter.ts';
import type { SharedStore } from '../../calls/stores/store.ts';
import { verifyListed } from '../../calls/tool-lock/verify-listed.ts';
import { McpctlError } from '../../core/errors.ts';
import { createGrowingRedactor } from '../../core/growing-redactor.ts';
import { serverToRun } from '../../manifest/choose.ts';
import type { Lock, LockTools } from '../../manifest/lock-schema.ts';
import { createLockView } from '../../manifest/lock-view.ts';
import type { Scope } from '../../manifest/scopes.ts';
import { compileSoon } from '../../platform/compile-soon.ts';
import { announceRun } from '../control/announce.ts';
import type { RunProgram } from '../control/run-state.ts';
import { createMeter } from '../metrics/create-meter.ts';
import { connectServer } from '../servers/connect-server.ts';
import type { SignInAllowed, TokenMachine } from '../servers/open-server-tokens.ts';
import { type PreparedServer, prepareServer, type ServerMachine } from '../servers/server-target.ts';
import { createLogFile } from './log-file.ts';
import { runRelay } from './run-relay.ts';
import { type WatchedTransport, watchTransport } from './watched-transport.ts';

export interface RunOptions {
  readonly server: string;
  /** Whose entry; without it the user's, and the project's where the user has none. */
  readonly scope?: Scope;
  readonly machine: ServerMachine & TokenMachine & AuditMachine;
  readonly client: { readonly input: Readable; readonly output: Writable };
  /** Gets remarks and what the server says on stderr, line by line, redacted. */
  tell(line: string): void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Gets what takes secrets out of anything that is printed. */
  concealInCrash?(redact: (text: string) => string): void;
  /** Where the user may be asked to sign in; nobody is asked without it. */
  readonly signIn?: SignInAllowed;
}

/** Stands in for one server of the manifest until the client or the server ends; returns why, unless the client did. */
export async function runServer(options: RunOptions): Promise<McpctlError | undefined> {
  const { server, scope, machine, client, tell, signal, now, signIn } = options;
  const { paths, platform, cwd } = machine;
  const file = createLogFile({ folder: paths.logs, server, now });
  let redact = createGrowingRedactor();
  options.concealInCrash?.((text) => redact(text));
  let tokens: TokenSource | undefined;
  const over = new AbortController();
  const warn = (line: string): void => tell(`mcpctl: ${redact(line)}`);
  const told = new AbortController();
  const meter = createMeter();
  const startedAt = now();
  let program: RunProgram | undefined;
  let link: WatchedTransport | undefined;
  let store: SharedStore | undefined;
  const announcement = announceRun({
    server,
    folder: paths.run,
    platform,
    version: machine.program.version,
    cwd,
    startedAt,
    program: () => program,
    link: () => link,
    locked: () => locked(),
    meter,
    store: () => store,
    stop: () => told.abort(),
    redact: (text) => redact(text),
  });
  let prepared: PreparedServer | undefined;
  let lock: () => Lock | undefined = () => undefined;
  const locked = (): LockTools | undefined => lock()?.servers[server]?.tools;
  try {
    return await runRelay({
      // Apart, because a session without calls does not need it, and clients wait for `run` to start.
      async loadCalls(ports) {
        const { openClientCalls } = await import('./open-client-calls.ts');
        return await openClientCalls({
          server,
          machine,
          ports,
          meter,
          observed: () => ({
            kind: 'run',
            version: machine.program.version,
            startedAt: startedAt.toISOString(),
            rssBytes: process.memoryUsage.rss(),
            snapshot: meter.snapshot(),
            servers: [],
          }),
          warn,
          opened(shared) {
            store = shared;
          },
          isRemote: () => prepared?.target.kind !== 'stdio',
          instance: () => digestOf(prepared?.target),
          locked,
        });
      },
      client,
      redact: (text) => redact(text),
      signal: AbortSignal.any([signal, told.signal]),
      heard: announcement.heard,
      async open() {
        const chosen = await serverToRun(server, { paths, cwd, ...(scope && { scope }) });
        lock = createLockView(chosen.server.manifest, () => performance.now());
        prepared = await prepareServer(chosen, machine);
        const { target, secrets, notes } = prepared;
        // Elsewhere the way there takes so long that nobody would see the difference.
        if (target.kind === 'stdio') compileSoon();
        const note = (line: string): void => tell(`mcpctl: ${line}`);
        for (const line of notes) note(line);
        redact = createGrowingRedactor(secrets);
        // Standard input belongs to the client: nobody can type a passphrase there.
        const unasked = {
          ...machine,
          prompt: { canAsk: machine.prompt.canAsk },
          signal: AbortSignal.any([signal, over.signal]),
        };
        const connection = await connectServer({
          chosen,
          target,
          machine: unasked,
          redact,
          note,
          write(line, source) {
            file.write(line, source);
            tell(source === 'stderr' ? line : `mcpctl: not a message, kept from the client: ${line}`);
          },
          ...(signIn && { signIn }),
          tokens: tokenMeter(meter, server),
          supervise: {
            verify: (tools) => verifyListed(server, tools, locked()),
            restarted(reason) {
              meter.restarted(server, reason);
              if (store) void endGenerations(store, server).catch(() => {});
            },
          },
        });
        program = connection.supervised;
        tokens = connection.tokens;
        link = watchTransport(connection.transport, { server, now: Date.now });
        return link;
      },
    });
  } finally {
    // A browser that is still open for a sign-in must not keep us.
    over.abort(new McpctlError('CANCELLED', 'The session has ended.'));
    await announcement.close();
    await tokens?.close();
    file.flush();
  }
}

/** Results of a server that is started in another way are not served for this one. */
function digestOf(target: PreparedServer['target'] | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify(target ?? null))
    .digest('hex');
}
