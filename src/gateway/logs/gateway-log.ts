import { join } from 'node:path';
import type { Outcome } from '../../audit/row.ts';
import type { ServerLogOptions } from '../../mcp/server-log.ts';
import { createLogFile, type LogFile } from '../run/log-file.ts';
import { createRotatingFile } from './rotating-file.ts';
import { type Level, textLine } from './text-line.ts';

/** A tool call that is over. Arguments and results have no place here. */
export interface LoggedCall {
  /** Trace id. */
  readonly corr: string;
  readonly server: string;
  readonly tool: string;
  readonly outcome: Outcome;
  readonly errorType?: string | undefined;
  readonly ms: number;
  /** `local`, or the name of a token. */
  readonly principal: string;
  readonly client?: string | undefined;
  readonly attempt?: number | undefined;
  readonly cache?: string | undefined;
}

/** Something else that happened; `what` is a short sentence. */
export interface LoggedEvent {
  readonly level: Level;
  readonly what: string;
  readonly server?: string;
  readonly corr?: string;
  /** Code of an error. */
  readonly code?: string;
  readonly hint?: string;
}

export interface GatewayLog {
  call(call: LoggedCall): void;
  event(event: LoggedEvent): void;
  /** Where a server's output goes that is no message: its own file, and here in detail. Lines come redacted. */
  serverOutput(server: string): NonNullable<ServerLogOptions['write']>;
  /** Writes what is held back. */
  flush(): void;
}

export interface GatewayLogOptions {
  /** Of log files: `gateway.jsonl`, and one for each server. */
  readonly folder: string;
  /** How it is told on stderr. */
  readonly format: 'json' | 'text';
  /** Below it nothing is kept in files; `info` by default. */
  readonly level?: Level;
  /** Below it nothing is told on stderr; `level` by default. */
  readonly toldLevel?: Level;
  readonly stderr: { write(text: string): unknown };
  /** Takes away the secrets of all servers. */
  redact(text: string): string;
  readonly now: () => Date;
}

const LONGEST_NAME = 256;

/** What the gateway does, as JSON lines in a file and on stderr, there for people where one reads along. */
export async function createGatewayLog(options: GatewayLogOptions): Promise<GatewayLog> {
  const { folder, format, level = 'info', toldLevel = level, stderr, redact, now } = options;
  const file = createRotatingFile(join(folder, 'gateway.jsonl'));
  const servers = new Map<string, LogFile>();
  const lines = createBatch(({ kept, told }) => {
    const text = redact(kept.join(''));
    file.write(text);
    if (told.length === 0) return;
    // Told as it is kept, all of it: searched for secrets once.
    const isSame = format === 'json' && told.length === kept.length;
    stderr.write(isSame ? text : redact(told.join('')));
  });
  // Loaded here: `run` and the other commands have no use for it.
  const { pino } = await import('./pino.ts');
  let isTold = true;
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write(line: string) {
        lines.add(line, { isTold: isTold && format === 'json' });
      },
    },
  );
  const write = (at: Level, facts: object, what: string): void => {
    if (!logger.isLevelEnabled(at)) return;
    const { values } = logger.levels;
    isTold = Number(values[at]) >= Number(values[toldLevel]);
    logger[at](facts, what);
    if (isTold && format === 'text') lines.tell(textLine(now(), at, what, facts));
  };
  return {
    call(call) {
      const isExpected = call.outcome === 'ok' || call.outcome === 'tool_error';
      const at = isExpected ? 'info' : 'warn';
      if (logger.isLevelEnabled(at)) write(at, factsOf(call), 'call');
    },
    event: ({ level: at, what, ...facts }) => write(at, facts, what),
    serverOutput(server) {
      const own = servers.get(server) ?? createLogFile({ folder, server, now });
      servers.set(server, own);
      return (line, source) => {
        own.write(line, source);
        write('debug', { server, source }, line);
      };
    },
    flush() {
      lines.flush();
      file.flush();
      for (const each of servers.values()) each.flush();
    },
  };
}

/** Member by member: each call has one. */
function factsOf(call: LoggedCall): object {
  const { corr, server, principal, outcome, errorType, attempt, cache } = call;
  return {
    corr,
    server,
    outcome,
    ms: Math.round(call.ms * 1000) / 1000,
    principal,
    tool: call.tool.slice(0, LONGEST_NAME),
    client: call.client?.slice(0, LONGEST_NAME),
    attempt,
    cache,
    errorType,
  };
}

interface Lines {
  /** For the file. */
  readonly kept: readonly string[];
  /** For stderr; as JSON some or all of those that are kept. */
  readonly told: readonly string[];
}

interface Batch {
  add(line: string, how: { readonly isTold: boolean }): void;
  /** For stderr alone. */
  tell(line: string): void;
  flush(): void;
}

/** Lines of one turn leave together: searching them for secrets and writing them cost less so. */
function createBatch(write: (lines: Lines) => void): Batch {
  let kept: string[] = [];
  let told: string[] = [];
  const flush = (): void => {
    const lines = { kept, told };
    kept = [];
    told = [];
    if (lines.kept.length > 0) write(lines);
  };
  return {
    add(line, { isTold }) {
      if (kept.length === 0) setImmediate(flush);
      kept.push(line);
      if (isTold) told.push(line);
    },
    tell: (line) => void told.push(line),
    flush,
  };
}
