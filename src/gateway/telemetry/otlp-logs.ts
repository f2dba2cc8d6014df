import { type OtlpIdentity, otlpAttributes, otlpResource } from '../../core/otlp-values.ts';
import type { LoggedEvent } from '../logs/gateway-log.ts';
import { nanoseconds } from './otlp-spans.ts';

/** Something that happened, with its time in milliseconds since 1970. */
export interface TimedEvent extends LoggedEvent {
  readonly at: number;
}

const SEVERITY: Readonly<Record<LoggedEvent['level'], number>> = { debug: 5, info: 9, warn: 13, error: 17 };

/** An ExportLogsServiceRequest, as a value. */
export function logsRequest(events: readonly TimedEvent[], identity: OtlpIdentity): object {
  const scope = { name: 'mcpctl', version: identity.version };
  return {
    resourceLogs: [
      { resource: otlpResource(identity), scopeLogs: [{ scope, logRecords: events.map(record) }] },
    ],
  };
}

function record({ at, level, what, server, corr, code, hint }: TimedEvent): object {
  return {
    timeUnixNano: nanoseconds(at),
    observedTimeUnixNano: nanoseconds(at),
    severityNumber: SEVERITY[level],
    severityText: level.toUpperCase(),
    body: { stringValue: what },
    attributes: otlpAttributes({ 'mcpctl.server': server, 'error.type': code, 'mcpctl.hint': hint }),
    ...(corr !== undefined && /^[0-9a-f]{32}$/.test(corr) && { traceId: corr }),
  };
}
