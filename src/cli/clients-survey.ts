import type { ApplyPorts } from '../clients/apply.ts';
import { fromManifest } from '../clients/manifest-entry.ts';
import { updateRecord } from '../clients/record.ts';
import { joinOf, type Survey, type SurveyOptions, surveyClients } from '../clients/survey.ts';
import { readManifests } from '../manifest/manifest.ts';
import { createBackups } from '../platform/backups.ts';
import type { Context } from './context.ts';

export type SurveyChoice = Pick<SurveyOptions, 'clients' | 'scopes' | 'mode' | 'force'> & {
  /** What `--direct` writes for a server; its manifest entry by default. */
  readonly launch?: SurveyOptions['launch'];
};

/** The clients of this machine and what sync would do to their files. */
export async function surveyOf(context: Context, choice: SurveyChoice = {}): Promise<Survey> {
  const { platform, env, paths, cwd, program } = context;
  const manifests = await readManifests({ paths, cwd });
  return await surveyClients({
    launch: (_name, entry) => fromManifest(entry),
    ...choice,
    platform,
    env,
    paths,
    launcher: program,
    manifests,
  });
}

/** What writing clients' files takes from the machine. */
export function applyPorts({ paths, platform, now, signal }: Context): ApplyPorts {
  const backups = createBackups({ folder: paths.backups, now });
  return {
    save: (path) => backups.save(path),
    updateRecord: (change) => updateRecord(paths, joinOf(platform), change),
    signal,
  };
}
