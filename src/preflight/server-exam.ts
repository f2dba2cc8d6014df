import { counted } from '../core/counted.ts';
import type { Verified } from '../mcp/verify-server.ts';
import type { Outcome } from './check.ts';
import { SERVER_CHECKS } from './checks/servers.ts';
import type { ConfiguredServer } from './configured-server.ts';
import type { Finding } from './finding.ts';
import { probe } from './probe.ts';
import { isLoopback } from './reach.ts';
import type { ServerCheck, ServerExam } from './server-check.ts';
import type { Situation } from './situation.ts';

export interface ExamOptions {
  readonly server: ConfiguredServer;
  readonly situation: Situation;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Judges one server: what can be seen without starting it, then one start with its tools and a first call. */
export async function examineServer({
  server,
  situation,
  deadlineMs,
  signal,
}: ExamOptions): Promise<Outcome> {
  if (server.entry.disabled) return { findings: [], detail: 'disabled', isSkipped: true };
  const prepared = await situation.prepare(server, signal);
  const exam: ServerExam = { server, situation, prepared };
  const before = await ask('before', exam);
  if (before.some(({ severity }) => severity === 'error')) return { findings: before, detail: 'not started' };
  const { target } = prepared;
  if (!target) return { findings: before, detail: 'not started' };
  if (target.kind === 'remote' && situation.isOffline && !isLoopback(target.url)) {
    return { findings: before, detail: 'not reached (--offline)', isSkipped: before.length === 0 };
  }
  const tried = await probe({ exam, target, deadlineMs, signal });
  const after = await ask('after', { ...exam, tried });
  return { findings: [...before, ...after], detail: tried.ok ? detailOf(tried.verified) : tried.error.code };
}

async function ask(stage: ServerCheck['stage'], exam: ServerExam): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const check of SERVER_CHECKS) if (check.stage === stage) found.push(...(await check.run(exam)));
  const { redact } = exam.prepared;
  // A server's own words, in an error or a result, may repeat a key.
  return found.map((one) => ({ ...one, message: redact(one.message), cause: redact(one.cause) }));
}

function detailOf({ protocolVersion, tools, timings, firstCall }: Verified): string {
  const parts = [
    protocolVersion,
    counted(tools.length, 'tool'),
    `${timings.start + timings.list} ms`,
    ...(firstCall && !firstCall.isError ? [`${firstCall.tool} answers`] : []),
  ];
  return parts.join(', ');
}
