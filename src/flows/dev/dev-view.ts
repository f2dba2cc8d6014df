import { counted } from '../../core/counted.ts';
import type { DevDone, DevPlan } from './dev-flow.ts';

/** What `dev` did, or would do, for `--json`. */
export function devDocument(done: DevPlan | DevDone) {
  const { project, ...rest } = done;
  const { folder, language, build } = project;
  return { ...rest, folder, language, build: build?.join(' ') ?? null, dryRun: !('calls' in done) };
}

export function renderDev(done: DevPlan | DevDone): string {
  const { server, project, clients, manifest } = done;
  if ('calls' in done) {
    const { reloads, failures, calls } = done;
    return `${server}: ${counted(reloads, 'reload')}, ${counted(failures, 'change')} that did not work, ${counted(calls, 'call')}. It is out of the manifest and the clients again.`;
  }
  return [
    `${server} would run from ${project.folder}, a ${project.language} project`,
    `  built with ${project.build?.join(' ') ?? 'nothing: it is started as it is'}`,
    `  in ${manifest}${clients.length > 0 ? ` and the files of ${clients.join(', ')}` : ''} as long as it runs`,
    '',
    'Nothing was done (--dry-run).',
  ].join('\n');
}
