import type { ClientAdapter } from '../clients/adapter.ts';
import type { DriftFinding } from '../clients/drift.ts';
import type { FilePlan } from '../clients/plan.ts';
import type { Section } from '../clients/section.ts';
import type { Survey } from '../clients/survey.ts';
import type { ConfigDocument } from '../documents/document.ts';
import type { Finding } from './finding.ts';
import type { Situation } from './situation.ts';

/** One file of a client, as far as it can be read. */
export interface ExaminedFile {
  /** What sync would do with it. */
  readonly plan: FilePlan;
  readonly drift: readonly DriftFinding[];
  /** Its servers; undefined when the client could not read the file. */
  readonly section: Section | undefined;
  /** Undefined when nothing of it can be read. */
  readonly document: ConfigDocument | undefined;
}

export interface ClientExam {
  readonly client: ClientAdapter;
  readonly files: readonly ExaminedFile[];
  readonly survey: Survey;
  readonly situation: Situation;
}

/** One question about an installed client. One object in one file. */
export interface ClientCheck {
  readonly id: string;
  run(exam: ClientExam): Promise<readonly Finding[]>;
}
