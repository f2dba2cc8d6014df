import { asKnown, McpctlError } from '../../core/errors.ts';
import { redactError } from '../../core/redact-error.ts';
import { createRedactor } from '../../core/redaction.ts';
import type { Env } from '../../platform/env.ts';
import type { Execute } from '../../platform/execute.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { Resolver } from '../../secrets/resolve.ts';
import type { Message } from './alert.ts';
import type { ConfiguredChannel } from './channels/all.ts';
import type { Answer, Outgoing } from './channels/channel.ts';
import type { Delivery } from './outbox.ts';

/** How alerts leave this machine. */
export interface SendPorts {
  readonly fetch: Fetch;
  readonly execute: Execute;
  /** Of programs that are told. */
  readonly env: Env;
  /** A new one for each message: what was stored meanwhile counts. */
  resolver(): Resolver;
  readonly source: string;
  readonly platform: NodeJS.Platform;
  /** Named to services. */
  readonly version: string;
  now(): number;
}

const ANSWER_MS = 10_000;
const PROGRAM_MS = 30_000;
const LONGEST_ANSWER = 200;

/** Sends messages over a channel, once. Never rejects: what went wrong on the way may go right later. */
export async function send(
  channel: ConfiguredChannel,
  messages: readonly Message[],
  ports: SendPorts,
  signal?: AbortSignal,
): Promise<Delivery> {
  let redact = (text: string): string => text;
  try {
    const { values, secrets } = await ports.resolver().resolve(channel.references, signal);
    redact = createRedactor(secrets);
    const { source, platform } = ports;
    const outgoing = channel.compose(messages, { secrets: values, source, platform, now: ports.now() });
    const answer = await (outgoing.kind === 'post'
      ? post(outgoing, ports, signal)
      : run(outgoing, ports, signal));
    const delivery = channel.judge({ ...answer, text: redact(answer.text) });
    return delivery;
  } catch (error) {
    const { code, message, hint } = asKnown(redactError(error, redact));
    return { outcome: 'later', answer: `${code}: ${message}${hint === undefined ? '' : ` ${hint}`}` };
  }
}

type Post = Extract<Outgoing, { kind: 'post' }>;
type Run = Extract<Outgoing, { kind: 'run' }>;

async function post({ url, headers, body }: Post, ports: SendPorts, signal?: AbortSignal): Promise<Answer> {
  if (!URL.canParse(url)) {
    // The address is a secret, so it is not shown.
    throw new McpctlError('SECRET_UNSUITABLE', 'The address of the channel is none.', {
      hint: 'Store it again: mcpctl secret set <name>',
    });
  }
  const response = await ports.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': `mcpctl/${ports.version}`, ...headers },
    body,
    redirect: 'manual',
    timeoutMs: ANSWER_MS,
    maxBytes: 65_536,
    ...(signal && { signal }),
  });
  const text = await response.text().catch(() => '');
  return { status: response.status, text: firstWords(text), retryAfter: response.headers.get('retry-after') };
}

async function run({ command, args, input }: Run, ports: SendPorts, signal?: AbortSignal): Promise<Answer> {
  const { status, stdout, stderr } = await ports.execute({
    command,
    args,
    env: ports.env,
    input,
    deadline: PROGRAM_MS,
    ...(signal && { signal }),
  });
  return { status, text: firstWords(stderr || stdout) };
}

function firstWords(text: string): string {
  return text
    .slice(0, 10 * LONGEST_ANSWER)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_ANSWER);
}
