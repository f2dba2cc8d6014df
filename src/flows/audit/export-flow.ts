import { type FileHandle, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { type ExportedRow, exportLog } from '../../audit/export.ts';
import { CSV_HEAD, csvLine, type ExportFormat, otlpRequest, syslogLine } from '../../audit/export-formats.ts';
import type { Context } from '../../cli/context.ts';
import { parseMoment } from '../../cli/moment.ts';
import { McpctlError } from '../../core/errors.ts';
import { createFetch } from '../../platform/fetch.ts';
import { auditHere } from './audit-here.ts';

export interface ExportFlowOptions {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly to?: string;
  readonly since?: string;
  readonly cursor?: string;
}

export interface Exported {
  readonly rows: number;
  readonly format: ExportFormat;
  readonly to: string;
}

/** Exports to a file, to a receiver of OTLP, or to standard output. */
export async function exportAudit(options: ExportFlowOptions, context: Context): Promise<Exported> {
  refuseMixture(options, context);
  const { format, since, cursor } = options;
  const { place } = await auditHere(context);
  const sink = await openSink(options, context);
  try {
    const rows = await exportLog({
      place,
      ...(since !== undefined && { since: parseMoment(since, '--since', context.now()) }),
      ...(cursor !== undefined && { cursor }),
      deliver: async (batch) => await sink.deliver(batch),
    });
    return { rows, format, to: sink.name };
  } finally {
    await sink.close();
  }
}

function refuseMixture({ format, out, to }: ExportFlowOptions, { output }: Context): void {
  const flaw =
    out !== undefined && to !== undefined
      ? ['--out and --to exclude one another.', '--out FILE, or --to URL']
      : to !== undefined && format !== 'otlp'
        ? [`--to sends OTLP, not ${format}.`, '--format otlp --to http://localhost:4318/v1/logs']
        : output.json && out === undefined && to === undefined
          ? ['With --json the rows need another place than standard output.', '--out FILE, or --to URL']
          : undefined;
  if (flaw) throw new McpctlError('USAGE', flaw[0] ?? '', { hint: `mcpctl audit export ${flaw[1]}` });
}

interface Sink {
  readonly name: string;
  /** Resolves when the rows are where they should be, for good. */
  deliver(rows: readonly ExportedRow[]): Promise<void>;
  close(): Promise<void>;
}

async function openSink(options: ExportFlowOptions, context: Context): Promise<Sink> {
  if (options.to !== undefined) return receiverSink(options.to, context);
  const encode = encoderFor(options.format, context);
  if (options.out !== undefined) return await fileSink(resolve(context.cwd, options.out), options, encode);
  let isFirst = true;
  return {
    name: 'standard output',
    async deliver(rows) {
      await write(context.stdout, encode(rows, isFirst));
      isFirst = false;
    },
    close: async () => {},
  };
}

type Encode = (rows: readonly ExportedRow[], isFirst: boolean) => string;

function encoderFor(format: ExportFormat, { program }: Context): Encode {
  const host = hostname();
  switch (format) {
    case 'jsonl':
      return (rows) => rows.map(({ line }) => line).join('');
    case 'csv':
      return (rows, isFirst) => (isFirst ? CSV_HEAD : '') + rows.map(({ row }) => csvLine(row)).join('');
    case 'syslog':
      return (rows) => rows.map(({ row }) => syslogLine(row, host)).join('');
    case 'otlp':
      return (rows) =>
        `${JSON.stringify(
          otlpRequest(
            rows.map(({ row }) => row),
            { host, version: program.version },
          ),
        )}\n`;
  }
}

/** With a cursor the file grows; without one it is made anew. */
async function fileSink(path: string, { cursor }: ExportFlowOptions, encode: Encode): Promise<Sink> {
  const handle: FileHandle = await open(path, cursor === undefined ? 'w' : 'a', 0o600);
  let isFirst = (await handle.stat()).size === 0;
  return {
    name: path,
    async deliver(rows) {
      await handle.writeFile(encode(rows, isFirst));
      await handle.datasync();
      isFirst = false;
    },
    close: async () => await handle.close(),
  };
}

function receiverSink(url: string, { env, program, signal }: Context): Sink {
  if (!URL.canParse(url)) {
    throw new McpctlError('USAGE', `--to ${JSON.stringify(url)} is no URL.`, {
      hint: '--to http://localhost:4318/v1/logs',
    });
  }
  // Collectors stand in one's own network; the user named this one.
  const fetch = createFetch({ env, allowPrivate: ['loopback', new URL(url).hostname] });
  const identity = { host: hostname(), version: program.version };
  return {
    name: url,
    async deliver(rows) {
      const body = JSON.stringify(
        otlpRequest(
          rows.map(({ row }) => row),
          identity,
        ),
      );
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body, signal });
      await response.body?.cancel();
      if (response.ok) return;
      throw new McpctlError(
        'AUDIT_EXPORT_REFUSED',
        `${url} answered ${response.status} to an export of the audit log.`,
        {
          hint: 'Check the URL; OTLP over HTTP usually ends with /v1/logs. With --cursor nothing is lost: run it again.',
          data: { status: response.status },
        },
      );
    },
    close: async () => {},
  };
}

async function write(stream: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
