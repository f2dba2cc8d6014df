import type { Context } from '../../cli/context.ts';
import { createGrowingRedactor, type GrowingRedactor } from '../../core/growing-redactor.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import { prepareServer } from '../../gateway/servers/server-target.ts';
import { serverTokens } from '../../gateway/servers/server-tokens.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import { createTransport } from '../../mcp/connect.ts';
import type { ServerTarget } from '../../mcp/transport.ts';
import type { SceneOptions } from '../../trial/scene.ts';

/** A server ready to be reached as often as wanted. */
export interface OpenSubject extends Pick<SceneOptions, 'target' | 'secrets' | 'transport'> {
  readonly redact: GrowingRedactor;
  close(): Promise<void>;
}

/** Prepares a server as `run` would: its references are resolved, its sign-in is used. */
export async function openSubject(chosen: ChosenServer, context: Context): Promise<OpenSubject> {
  const { platform, env, output } = context;
  const { target, secrets } = await prepareServer(chosen, context);
  const redact = createGrowingRedactor(secrets);
  const tokens = await serverTokens({
    chosen,
    target,
    machine: { ...context, isLasting: true },
    note: (line) => output.note(line),
    known: redact.add,
  });
  return {
    target,
    secrets: keysAmong(secrets, target),
    redact,
    transport: async (log, extraEnv) =>
      await createTransport({
        server: chosen.server.name,
        target: withEnv(target, extraEnv),
        platform,
        env,
        log,
        ...(tokens && { authorize: tokens }),
      }),
    async close() {
      await tokens?.close();
    },
  };
}

const KEY_LIKE = /token|secret|passw|pwd|key|credential/i;

/** Of the values that were filled in, those that nobody may see: addresses and names of programs are no keys. */
function keysAmong(secrets: readonly string[], target: ServerTarget): string[] {
  if (target.kind === 'remote') return [...secrets];
  return Object.entries(target.env).flatMap(([name, value]) => {
    const isKey = KEY_LIKE.test(name) || findLiteralSecret(name, value) !== undefined;
    return isKey && secrets.includes(value) ? [value] : [];
  });
}

function withEnv(target: ServerTarget, extraEnv: Readonly<Record<string, string>>): ServerTarget {
  return target.kind === 'stdio' ? { ...target, env: { ...target.env, ...extraEnv } } : target;
}
