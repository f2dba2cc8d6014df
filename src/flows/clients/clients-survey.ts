import type { Context } from '../../cli/context.ts';
import type { ApplyPorts } from '../../clients/apply.ts';
import { updateRecord } from '../../clients/record.ts';
import { joinOf, type Survey, type SurveyOptions, surveyClients } from '../../clients/survey.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { createBackups } from '../../platform/backups.ts';
import { directEntry } from '../../servers/direct-entry.ts';

export type SurveyChoice = Pick<SurveyOptions, 'clients' | 'scopes' | 'mode' | 'force'>;

/** The clients of this machine and what sync would do to their files. */
export async function surveyOf(context: Context, choice: SurveyChoice = {}): Promise<Survey> {
  const { platform, env, paths, cwd, program } = context;
  const manifests = await readManifests({ paths, cwd });
  return await surveyClients({
    ...choice,
    launch: (name, entry) => directEntry(name, entry, context),
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
