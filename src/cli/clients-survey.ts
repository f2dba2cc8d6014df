import type { ApplyPorts } from '../clients/apply.ts';
import { fromManifest } from '../clients/manifest-entry.ts';
import { updateRecord } from '../clients/record.ts';
import { joinOf, type Survey, type SurveyOptions, surveyClients } from '../clients/survey.ts';
import { readLock } from '../manifest/lock.ts';
import { readManifests } from '../manifest/manifest.ts';
import { createBackups } from '../platform/backups.ts';
import { launchOf } from '../servers/launch.ts';
import type { Context } from './context.ts';

export type SurveyChoice = Pick<SurveyOptions, 'clients' | 'scopes' | 'mode' | 'force'>;

/** The clients of this machine and what sync would do to their files. */
export async function surveyOf(context: Context, choice: SurveyChoice = {}): Promise<Survey> {
  const { platform, env, paths, cwd, program } = context;
  const manifests = await readManifests({ paths, cwd });
  return await surveyClients({
    ...choice,
    launch: async (name, entry) => {
      const lock = await readLock(paths.manifest);
      const lockEntry = lock.servers[name];
      const launch = launchOf({
        name,
        entry,
        paths,
        node: program.node,
        platform,
        ...(lockEntry && { lockEntry }),
      });
      // Without a lock, the address alone has to tell the transport.
      return launch.kind === 'remote' && launch.transport === undefined ? fromManifest(entry) : launch;
    },
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
