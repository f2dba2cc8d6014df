import { serveHttp } from '../http-server.ts';
import { answer, bodyOf, type OtherAnswer, type Scripted } from './scripted-answers.ts';

export const PAGERDUTY_HOST = 'events.pagerduty.com';
/** The integration key the stand-in knows. */
export const PAGERDUTY_KEY = ['0123456789abcdef', '0123456789ABCDEF'].join('');

export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
  readonly payload?: { readonly summary: string; readonly source: string; readonly severity: string };
}

/** One incident: events of a key between its first trigger and its resolve. */
export interface Incident {
  readonly key: string;
  readonly summary: string;
  status: 'triggered' | 'resolved';
}

export interface PagerDutyStandIn {
  readonly port: number;
  readonly events: readonly PagerDutyEvent[];
  readonly incidents: readonly Incident[];
  readonly statuses: readonly number[];
  script(...answers: Scripted[]): void;
  onHang: () => void;
}

/** Events API v2 with its documented limits; a trigger of a key that has an open incident opens no other. */
export async function startPagerDuty(): Promise<PagerDutyStandIn> {
  const events: PagerDutyEvent[] = [];
  const incidents: Incident[] = [];
  const statuses: number[] = [];
  const scripted: Scripted[] = [];
  const { port } = await serveHttp(async (request, response) => {
    const body = await bodyOf(request);
    const next = scripted.shift();
    const errors = problems(request.method, request.url, request.headers['content-type'], body);
    // What hangs was taken: only the answer is lost.
    const isTaken = errors.length === 0 && (next === undefined || next === 'hang');
    if (isTaken) take(JSON.parse(body) as PagerDutyEvent, events, incidents);
    if (next === 'hang') return void standIn.onHang();
    const said = next ?? usual(errors, body);
    statuses.push(said.status);
    answer(response, said);
  });
  const standIn: PagerDutyStandIn = {
    port,
    events,
    incidents,
    statuses,
    script: (...answers) => void scripted.push(...answers),
    onHang() {},
  };
  return standIn;
}

function usual(errors: readonly string[], body: string): OtherAnswer {
  const headers = { 'content-type': 'application/json' };
  if (errors.length > 0) {
    const said = { status: 'invalid event', message: 'Event object is invalid', errors };
    return { status: 400, body: JSON.stringify(said), headers };
  }
  const { dedup_key } = JSON.parse(body) as PagerDutyEvent;
  return {
    status: 202,
    body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key }),
    headers,
  };
}

function take(event: PagerDutyEvent, events: PagerDutyEvent[], incidents: Incident[]): void {
  events.push(event);
  const open = incidents.find(({ key, status }) => key === event.dedup_key && status === 'triggered');
  if (event.event_action === 'resolve' && open) open.status = 'resolved';
  if (event.event_action === 'trigger' && !open) {
    incidents.push({ key: event.dedup_key, summary: event.payload?.summary ?? '', status: 'triggered' });
  }
}

const MEMBERS = [
  'routing_key',
  'event_action',
  'dedup_key',
  'payload',
  'links',
  'images',
  'client',
  'client_url',
];
const PAYLOAD = [
  'summary',
  'source',
  'severity',
  'timestamp',
  'component',
  'group',
  'class',
  'custom_details',
];

function problems(method = '', url = '', type = '', body = ''): string[] {
  if (method !== 'POST' || url !== '/v2/enqueue') return ['no such place'];
  if (!type.startsWith('application/json')) return ['Content-Type must be application/json'];
  if (Buffer.byteLength(body) > 512 * 1024) return ['the event is larger than 512 KB'];
  const event = JSON.parse(body) as Record<string, unknown>;
  const { routing_key: key, event_action: action, dedup_key: dedup } = event;
  const found = Object.keys(event)
    .filter((name) => !MEMBERS.includes(name))
    .map((name) => `${name} is unknown`);
  if (key !== PAGERDUTY_KEY) found.push("'routing_key' is invalid");
  if (!['trigger', 'acknowledge', 'resolve'].includes(String(action)))
    found.push("'event_action' is invalid");
  if (typeof dedup !== 'string' || dedup === '' || dedup.length > 255) found.push("'dedup_key' is invalid");
  return action === 'trigger' ? [...found, ...payloadProblems(event.payload)] : found;
}

function payloadProblems(payload: unknown): string[] {
  if (typeof payload !== 'object' || payload === null) return ["'payload' is missing"];
  const { summary, source, severity, timestamp } = payload as Record<string, unknown>;
  const found = Object.keys(payload)
    .filter((name) => !PAYLOAD.includes(name))
    .map((name) => `payload.${name} is unknown`);
  if (typeof summary !== 'string' || summary === '' || summary.length > 1024)
    found.push("'summary' is invalid");
  if (typeof source !== 'string' || source === '') found.push("'source' is missing");
  if (!['critical', 'error', 'warning', 'info'].includes(String(severity)))
    found.push("'severity' is invalid");
  if (timestamp !== undefined && Number.isNaN(Date.parse(String(timestamp))))
    found.push("'timestamp' is invalid");
  return found;
}
