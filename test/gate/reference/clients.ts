import type { ClientAdapter } from '../../../src/clients/adapter.ts';
import { CLIENTS } from '../../../src/clients/all.ts';
import { createPlace, type Place } from '../../../src/clients/place.ts';
import { createPaths } from '../../../src/platform/paths.ts';
import { bullets, code, markdownTable, page } from './markdown.ts';

const SYSTEMS = [
  { title: 'Linux', platform: 'linux', home: '/home/you', shown: '~', project: '/project' },
  { title: 'macOS', platform: 'darwin', home: '/Users/you', shown: '~', project: '/project' },
  {
    title: 'Windows',
    platform: 'win32',
    home: 'C:\\Users\\you',
    shown: '%USERPROFILE%',
    project: 'C:\\project',
  },
] as const;

/** docs/reference/clients.md, from the adapters. */
export function clientsPage(): string {
  return page('Clients', 'src/clients/adapters', [
    `The ${CLIENTS.length} AI clients \`mcpctl sync\` writes to. \`mcpctl clients\` shows those of your machine.`,
    'By default a client starts `mcpctl run <server>`, so what its own file can hold does not limit you. The columns ' +
      'below matter for `--direct`, which writes the plain command or address instead.',
    markdownTable(
      ['client', 'id', 'file', 'starts by itself', 'reads references'],
      CLIENTS.map((client) => [
        client.title,
        code(client.id),
        client.dialect.format,
        client.shape.transports.join(', '),
        client.references.byShape || client.references.fields.length > 0 ? 'yes' : 'no',
      ]),
    ),
    ...CLIENTS.flatMap(clientBlocks),
  ]);
}

function clientBlocks(client: ClientAdapter): string[] {
  const rows = SYSTEMS.map((system) => {
    const { user, project = [] } = client.locations(placeOn(system));
    const shown = (paths: readonly { path: string }[]): string =>
      paths.map(({ path }) => code(abbreviate(path, system))).join(' or ');
    return [system.title, shown(user), shown(project)];
  });
  return [
    `## ${client.title}`,
    markdownTable(['system', 'your file', 'in a project'], rows),
    bullets([
      `Servers stand under ${code(client.section.join('.'))}.`,
      ...(client.limits.toolName ? [`Tool names up to ${client.limits.toolName} characters.`] : []),
      ...(client.limits.tools ? [`At most ${client.limits.tools} tools in all.`] : []),
      ...(client.losesChangesWhileRunning ? ['Quit it before you sync: it would overwrite the change.'] : []),
      ...(client.cautions ?? []),
      client.restart,
    ]),
  ];
}

function placeOn({ platform, home, project }: (typeof SYSTEMS)[number]): Place {
  const env = {};
  return createPlace({ platform, paths: createPaths({ platform, home, env }), env, project });
}

function abbreviate(path: string, { home, shown, project }: (typeof SYSTEMS)[number]): string {
  return path.replace(home, shown).replace(`${project}/`, '').replace(`${project}\\`, '');
}
