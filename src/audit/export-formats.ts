import { otlpAttributes, otlpResource } from '../core/otlp-values.ts';
import type { Row } from './row.ts';

export const EXPORT_FORMATS = ['jsonl', 'csv', 'syslog', 'otlp'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Columns of CSV, all of them members of a call's row. */
const COLUMNS = [
  'ts',
  'chain',
  'seq',
  'via',
  'client',
  'clientVersion',
  'method',
  'server',
  'serverVersion',
  'tool',
  'intent',
  'outcome',
  'errorType',
  'ms',
  'attempt',
  'cache',
  'bytesIn',
  'bytesOut',
  'policy',
  'corr',
  'sub',
  'argsMac',
  'region',
  'id',
  'hash',
] as const;

export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

/** A call as a line of RFC 4180; nothing for other rows. */
export function csvLine(row: Row): string {
  if (row.kind !== 'call') return '';
  return `${COLUMNS.map((column) => csvField(row[column])).join(',')}\r\n`;
}

/** A field of RFC 4180 that no spreadsheet takes for a formula. */
export function csvField(value: string | number | undefined): string {
  const text = String(value ?? '');
  // A spreadsheet runs what begins like a formula; names come from servers.
  const inert = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Facility 13, log audit. */
const FACILITY = 13;
const SEVERITIES = { info: 6, warning: 4 } as const;
/** The number IANA set aside for documentation; mcpctl has none of its own. */
const DATA_ID = 'mcpctl@32473';

/** One message of RFC 5424, ended by a line break. */
export function syslogLine(row: Row, host: string): string {
  const { ts, kind, chain, v: _, prev: __, ...facts } = row;
  const data = Object.entries({ chain, ...facts })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        ` ${name}="${escapeData(typeof value === 'object' ? JSON.stringify(value) : String(value))}"`,
    )
    .join('');
  const priority = FACILITY * 8 + SEVERITIES[severityOf(row)];
  const process = row.kind === 'opened' ? row.pid : '-';
  return `<${priority}>1 ${ts} ${hostField(host)} mcpctl ${process} ${kind} [${DATA_ID}${data}] ${summary(row)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll(/["\\\]]/g, '\\$&').replaceAll(/[\r\n]/g, ' ');
}

function hostField(host: string): string {
  return host.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 255) || '-';
}

function severityOf(row: Row): keyof typeof SEVERITIES {
  return row.kind === 'recovered' || (row.kind === 'call' && row.outcome !== 'ok') ? 'warning' : 'info';
}

function summary(row: Row): string {
  const text =
    row.kind === 'call'
      ? `${row.method} ${row.server} ${row.tool ?? ''} ${row.outcome} ${row.ms} ms`
      : `audit log: ${row.kind}`;
  return text.replaceAll(/\s+/g, ' ');
}

/** One ExportLogsServiceRequest in the JSON of OTLP, as a value. */
export function otlpRequest(
  rows: readonly Row[],
  { host, version }: { host: string; version: string },
): object {
  return {
    resourceLogs: [
      {
        resource: otlpResource({ host, version }),
        scopeLogs: [{ scope: { name: 'mcpctl.audit', version }, logRecords: rows.map(logRecord) }],
      },
    ],
  };
}

function logRecord(row: Row): object {
  const nanoseconds = `${Date.parse(row.ts)}000000`;
  const isTrace = row.kind === 'call' && /^[0-9a-f]{32}$/.test(row.traceId ?? '');
  const severity = severityOf(row);
  return {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    severityNumber: severity === 'info' ? 9 : 13,
    severityText: severity === 'info' ? 'INFO' : 'WARN',
    eventName: `mcpctl.audit.${row.kind}`,
    body: { stringValue: summary(row) },
    attributes: otlpAttributes(factsOf(row)),
    ...(isTrace && { traceId: row.traceId, ...(row.spanId && { spanId: row.spanId }) }),
  };
}

/** Members by the names OpenTelemetry has for them, the rest under our own. */
const NAMES: Readonly<Record<string, string>> = {
  method: 'mcp.method.name',
  tool: 'gen_ai.tool.name',
  errorType: 'error.type',
  sub: 'user.hash',
};

function factsOf(row: Row): Record<string, unknown> {
  const { ts: _, traceId: __, spanId: ___, ...facts } = { traceId: undefined, spanId: undefined, ...row };
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [NAMES[name] ?? `mcpctl.audit.${name}`, value]),
  );
}
