import { join } from 'node:path';
import { type AuditLog, type CallRecord, createAuditLog } from '../../src/audit/audit-log.ts';
import type { AuditPlace } from '../../src/audit/log-files.ts';
import { type LogKeys, openLogKeys } from '../../src/audit/log-keys.ts';
import { type Verdict, verifyLog } from '../../src/audit/verify.ts';
import { temporaryFolder } from './cli.ts';

/** An empty audit log, gone after the test. */
export async function auditFolder(): Promise<AuditPlace> {
  const folder = await temporaryFolder();
  return placeIn(join(folder, 'audit'));
}

/** The place of a log, its locks beside it. */
export function placeIn(folder: string): AuditPlace {
  return { folder, locks: join(folder, '..', 'locks'), suffix: '' };
}

/** The keys of a log, kept in a file in it; made when missing. */
export async function fileKeys(place: AuditPlace): Promise<LogKeys> {
  const keys = await openLogKeys({
    place,
    store: 'file',
    mayCreate: true,
    platform: process.platform,
    keychain: () => Promise.reject(new Error('not asked for')),
  });
  if (!keys) throw new Error('no key was made');
  return keys;
}

export function openLog(
  place: AuditPlace,
  { now = () => new Date(), payloads = false, unsealed }: LogOptions = {},
): AuditLog {
  const keys = async () => (unsealed === undefined ? await fileKeys(place) : { unsealed });
  return createAuditLog({ place, keys, payloads, version: '0.0.0', now });
}

export interface LogOptions {
  readonly now?: () => Date;
  readonly payloads?: boolean;
  /** Why there is no key. */
  readonly unsealed?: string;
}

export function aCall(changes: Partial<CallRecord> = {}): CallRecord {
  return {
    ts: new Date().toISOString(),
    via: 'run',
    client: 'test',
    clientVersion: '1',
    method: 'tools/call',
    server: 'echo',
    serverVersion: '1.0.0',
    tool: 'echo',
    intent: 'write',
    outcome: 'ok',
    ms: 1.5,
    attempt: 1,
    bytesIn: 100,
    bytesOut: 100,
    corr: 'none',
    personal: { user: 'ada', args: { message: 'hello' } },
    ...changes,
  };
}

export async function verify(place: AuditPlace): Promise<Verdict> {
  return await verifyLog({ place, keys: await fileKeys(place) });
}
