import type { ClientAdapter } from '../clients/adapter.ts';
import { findDrift } from '../clients/drift.ts';
import type { FilePlan } from '../clients/plan.ts';
import { openSection } from '../clients/section.ts';
import type { Survey } from '../clients/survey.ts';
import { counted } from '../core/counted.ts';
import { McpctlError } from '../core/errors.ts';
import { openDocument } from '../documents/open.ts';
import type { Outcome } from './check.ts';
import { CLIENT_CHECKS } from './checks/clients.ts';
import type { ClientExam, ExaminedFile } from './client-check.ts';
import type { Finding } from './finding.ts';
import type { Situation } from './situation.ts';

export interface ClientExamOptions {
  readonly client: ClientAdapter;
  readonly survey: Survey;
  readonly situation: Situation;
}

/** Judges the files of one client; a file several clients read is judged with the first of them. */
export async function examineClient({ client, survey, situation }: ClientExamOptions): Promise<Outcome> {
  const plans = survey.plan.files.filter(({ file }) => file.clients[0]?.id === client.id);
  const files = await Promise.all(plans.map((plan) => examineFile(plan, situation)));
  const exam: ClientExam = { client, files, survey, situation };
  const findings: Finding[] = [];
  for (const check of CLIENT_CHECKS) findings.push(...(await check.run(exam)));
  return { findings, detail: detailOf(files) };
}

async function examineFile(plan: FilePlan, { machine, manifests }: Situation): Promise<ExaminedFile> {
  const { file } = plan;
  const exists = async (path: string): Promise<boolean> => (await machine.files.stat(path)) !== undefined;
  // A manifest that cannot be read has no servers only in appearance: nothing is a leftover then.
  const isKnown = manifests.every(({ failures }) => failures.length === 0);
  const drift = isKnown ? await findDrift({ files: [plan] }, exists) : [];
  const section = await openSection(file);
  const sound = 'broken' in section ? undefined : section;
  if (sound || file.unreadable) return { plan, drift, section: sound, document: sound?.document };
  try {
    return {
      plan,
      drift,
      section: undefined,
      document: await openDocument(file.text, file.dialect, file.path),
    };
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    return { plan, drift, section: undefined, document: undefined };
  }
}

function detailOf(files: readonly ExaminedFile[]): string {
  const [first] = files.filter(({ plan }) => plan.file.exists);
  if (!first) return 'no file yet';
  const count = files.reduce((sum, { section }) => sum + (section?.entries.size ?? 0), 0);
  return `${counted(count, 'server')}, ${first.plan.file.path}`;
}
