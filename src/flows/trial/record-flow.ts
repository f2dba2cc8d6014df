import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { readEnvelope } from '../../mcp/envelope.ts';
import { createLineSplitter } from '../../mcp/line-splitter.ts';
import { createServerLog } from '../../mcp/server-log.ts';
import { RECORDING_HEAD, recordedLine } from '../../trial/examples/recording.ts';
import { openSubject } from './open-subject.ts';
import type { Subject } from './subject.ts';

export interface Recorded {
  /** Absolute. */
  readonly file: string;
  readonly messages: number;
}

/**
 * Stands between a client, which speaks on our own standard streams, and the server, and writes down what both say,
 * without the server's keys. Ends with the client's input. @throws FILE_UNWRITABLE and why the server could not start.
 */
export async function recordFlow({ chosen }: Subject, path: string, context: Context): Promise<Recorded> {
  const { stdin, stdout, output, cwd, signal } = context;
  const file = resolve(cwd, path);
  const opened = await openSubject(chosen, context);
  const recording = await openRecording(file, chosen.server.name);
  const keep = (from: 'client' | 'server', bytes: Buffer): void => {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    for (const one of Array.isArray(message) ? message : [message]) {
      if (isRecord(one)) recording.write(opened.redact(recordedLine({ from, message: one as JsonObject })));
    }
  };
  const log = createServerLog({ redact: opened.redact, write: (line) => output.note(line) });
  const transport = await opened.transport(log, {});
  const splitter = createLineSplitter({
    onLine(line) {
      const envelope = readEnvelope(line);
      if (envelope) keep('client', line);
      // What the server refuses over HTTP it answers; what it never got is said here.
      transport.send(line, envelope)?.catch((error) => output.note(opened.redact(messageOf(error))));
    },
    onTooLong: () => output.warn('A line of the client was too long and was left out.'),
  });
  let end = (_reason: McpctlError | undefined): void => {};
  const over = new Promise<McpctlError | undefined>((resolve) => {
    end = resolve;
  });
  await transport.start({
    message(bytes) {
      keep('server', bytes);
      stdout.write(`${bytes.toString('utf8').trimEnd()}\n`);
    },
    closed: (reason) => end(reason),
  });
  stdin.on('data', (chunk: Buffer) => splitter.push(chunk));
  stdin.once('end', () => end(undefined));
  signal.addEventListener('abort', () => end(undefined), { once: true });
  const reason = await over;
  splitter.end();
  await transport.close();
  await opened.close();
  const messages = await recording.end();
  if (reason) throw reason;
  return { file, messages };
}

interface OpenRecording {
  write(line: string): void;
  /** Settles the number of messages. */
  end(): Promise<number>;
}

async function openRecording(file: string, server: string): Promise<OpenRecording> {
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { mode: 0o600 });
  try {
    await once(stream, 'open');
  } catch (error) {
    throw new McpctlError('FILE_UNWRITABLE', `Could not write ${file}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  stream.write(`${JSON.stringify({ ...RECORDING_HEAD, server })}\n`);
  let messages = 0;
  return {
    write(line) {
      messages += 1;
      stream.write(line);
    },
    async end() {
      stream.end();
      await once(stream, 'finish');
      return messages;
    },
  };
}
