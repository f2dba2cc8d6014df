import { McpctlError } from '../core/errors.ts';
import { type Exit, type ProcessGroup, startGroup } from '../platform/process-group.ts';
import { readEnvelope } from './envelope.ts';
import { createLineSplitter } from './line-splitter.ts';
import type { ServerLog } from './server-log.ts';
import type { StdioTarget, Transport, TransportHandlers } from './transport.ts';
import { writeLine } from './write-line.ts';

export interface StdioTransportOptions {
  /** Name of the server, for messages. */
  readonly server: string;
  readonly target: StdioTarget;
  readonly platform: NodeJS.Platform;
  readonly log: ServerLog;
  /** Longest line taken from the server, in bytes. */
  readonly maxLineBytes?: number;
}

/** A server started as a program that speaks on its standard streams. Lines that are no messages go to the log. */
export function createStdioTransport(options: StdioTransportOptions): Transport {
  const { server, target, platform, log, maxLineBytes } = options;
  let group: ProcessGroup | undefined;
  let isClosing = false;
  let isRunning = false;
  let congested = (_isCongested: boolean): void => {};
  const listen = (started: ProcessGroup, handlers: TransportHandlers): void => {
    const splitter = createLineSplitter({
      maxBytes: maxLineBytes,
      onLine(line) {
        const envelope = readEnvelope(line);
        if (envelope) handlers.message(line, envelope);
        else log.junk(line);
      },
      onTooLong: (bytes) => log.junk(Buffer.from(`(a line of ${bytes} bytes was dropped)\n`)),
    });
    started.stdout.on('data', (chunk: Buffer) => splitter.push(chunk));
    started.stdout.on('end', () => splitter.end());
    started.stderr.on('data', (chunk: Buffer) => log.stderr(chunk));
    started.stdin.on('drain', () => congested(false));
    void started.ended.then(() => {
      isRunning = false;
      handlers.ending?.();
    });
    void started.exited.then((exit) => {
      log.end();
      handlers.closed(isClosing ? undefined : exitedError(server, exit, log));
    });
  };
  return {
    async start(handlers) {
      group = await startGroup({ ...target, platform });
      congested = (isCongested) => handlers.congested?.(isCongested);
      isRunning = true;
      listen(group, handlers);
    },
    get pids() {
      return group && isRunning ? [group.pid] : [];
    },
    send(bytes) {
      const stdin = group?.stdin;
      if (!stdin) throw new McpctlError('INTERNAL', `A message came before ${server} was started.`);
      // Many clients are read in one round of the event loop, each in a turn of its own.
      if (!writeLine(stdin, bytes, setImmediate)) congested(true);
      return undefined;
    },
    pause: () => void group?.stdout.pause(),
    resume: () => void group?.stdout.resume(),
    async close(patience) {
      isClosing = true;
      await group?.stop(patience);
    },
  };
}

function exitedError(server: string, { code, signal }: Exit, log: ServerLog): McpctlError {
  const how = signal ? `was ended by ${signal}` : `exited with status ${code}`;
  const last = log.lastLines();
  return new McpctlError('SERVER_EXITED', `The server ${server} ${how}.${quote(last)}`, {
    hint: `mcpctl doctor ${server}`,
    data: { server, status: code, signal, stderr: last },
  });
}

/** The last lines of a server's stderr, as the end of a message. */
export function quote(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ` It said: ${lines.join(' | ')}`;
}
