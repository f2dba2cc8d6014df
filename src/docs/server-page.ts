import { counted } from '../core/counted.ts';
import { type JsonObject, recordsIn } from '../core/json.ts';
import { type Block, heading, paragraph, prose, type Text, table } from './blocks.ts';
import type { Installation, Snippet } from './install-snippets.ts';
import type { DescribedVariable, ServerDescription } from './server-description.ts';
import { effectWord, titleOf, toolBlocks } from './tool-blocks.ts';

/** One page about a whole server. */
export function serverPage(server: ServerDescription): Block[] {
  return [
    ...introduction(server),
    ...installBlocks(server.installation),
    ...settingBlocks(server.variables),
    ...toolsBlocks(server),
    ...resourceBlocks(server),
    ...promptBlocks(server.prompts),
  ];
}

/** Title, what it is, and what it offers in numbers. */
export function introduction(server: ServerDescription): Block[] {
  const { title, name, description, instructions, version, protocolVersion } = server;
  const { tools, resources, templates, prompts } = server;
  const facts: Text[][] = [
    [['name'], [{ code: name }]],
    ...(version === undefined ? [] : [[['version'], [version]] as Text[]]),
    [['protocol'], [protocolVersion]],
    [
      ['offers'],
      [
        [
          count(tools.length, 'tool'),
          count(resources.length, 'resource'),
          count(templates.length, 'resource template'),
          count(prompts.length, 'prompt'),
        ]
          .filter((text) => text !== '')
          .join(', '),
      ],
    ],
  ];
  return [
    heading(1, 'server', title),
    ...prose(description),
    ...table('The server', ['', ''], facts),
    ...(instructions === undefined ? [] : [heading(2, 'instructions', 'Instructions')]),
    ...prose(instructions),
  ];
}

function count(number: number, what: string): string {
  return number === 0 ? '' : counted(number, what);
}

function installBlocks({ command, snippets, left }: Installation): Block[] {
  if (command === undefined && snippets.length === 0) return [];
  return [
    heading(2, 'install', 'Install'),
    ...(command === undefined
      ? []
      : [
          paragraph('For every client of the machine, checked and at an exact version:'),
          { kind: 'code', language: 'sh', text: command } as const,
        ]),
    ...(snippets.length > 0 && command !== undefined
      ? [paragraph('Or by hand, in the file of one client:')]
      : []),
    ...snippets.flatMap(snippetBlocks),
    ...(left.length > 0
      ? [
          paragraph('Through mcpctl only:'),
          {
            kind: 'list',
            items: left.map(({ client, why }): Text => [{ strong: client }, `: ${why}`]),
          } as const,
        ]
      : []),
  ];
}

function snippetBlocks({ clients, language, text, hasBlanks }: Snippet): Block[] {
  const blanks: Text = hasBlanks ? ['; put your own values where ', { code: '<…>' }, ' stands'] : [];
  return [paragraph({ strong: clients.join(', ') }, ...blanks), { kind: 'code', language, text }];
}

function settingBlocks(variables: readonly DescribedVariable[]): Block[] {
  if (variables.length === 0) return [];
  const rows = variables.map((variable): Text[] => {
    const { name, description = '', required, secret, choices } = variable;
    const words = [
      description,
      ...(choices ? [`One of ${choices.join(', ')}.`] : []),
      ...(secret ? ['Secret.'] : []),
    ];
    const fallback: Text =
      variable.default === undefined || variable.default === ''
        ? [required ? 'needed' : '']
        : [{ code: variable.default }];
    return [[{ code: name }], fallback, [words.filter((word) => word !== '').join(' ')]];
  });
  return [
    heading(2, 'settings', 'Settings'),
    paragraph('Environment variables of the server:'),
    ...table('Settings', ['variable', 'default', 'description'], rows),
  ];
}

function toolsBlocks(server: ServerDescription): Block[] {
  const { tools, examples, name } = server;
  if (tools.length === 0) return [];
  const ids = uniqueIds(
    'tool',
    tools.map((tool) => tool.name),
  );
  const rows = tools.map((tool, index): Text[] => [
    [{ text: tool.name, to: ids[index] ?? '' }],
    [effectWord(tool)],
    [titleOf(tool) ?? firstSentence(tool.description)],
  ]);
  return [
    heading(2, 'tools', 'Tools'),
    ...table('Tools', ['tool', 'effect', ''], rows),
    ...tools.flatMap((tool, index) =>
      toolBlocks(tool, {
        server: name,
        examples: examples.filter((example) => example.tool === tool.name),
        level: 3,
        id: ids[index] ?? '',
      }),
    ),
  ];
}

export function firstSentence(text: unknown): string {
  if (typeof text !== 'string') return '';
  const [line = ''] = text.trim().split(/\n/);
  return /^.{10,}?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
}

function resourceBlocks({ resources, templates }: ServerDescription): Block[] {
  const rowOf =
    (address: string) =>
    (resource: JsonObject): Text[] => [
      [{ code: String(resource[address] ?? '') }],
      [String(resource.title ?? resource.name ?? '')],
      resource.mimeType === undefined ? [''] : [{ code: String(resource.mimeType) }],
      [String(resource.description ?? '')],
    ];
  const head = ['address', 'title', 'type', 'description'];
  return [
    ...(resources.length > 0 ? [heading(2, 'resources', 'Resources')] : []),
    ...table('Resources', head, resources.map(rowOf('uri'))),
    ...(templates.length > 0 ? [heading(2, 'resource-templates', 'Resource templates')] : []),
    ...table('Resource templates', head, templates.map(rowOf('uriTemplate'))),
  ];
}

function promptBlocks(prompts: readonly JsonObject[]): Block[] {
  if (prompts.length === 0) return [];
  const ids = uniqueIds(
    'prompt',
    prompts.map(({ name }) => String(name)),
  );
  return [
    heading(2, 'prompts', 'Prompts'),
    ...prompts.flatMap((prompt, index): Block[] => {
      const { name, title, description, arguments: taken } = prompt;
      const rows = recordsIn(taken).map((one): Text[] => [
        [{ code: String(one.name ?? '') }],
        [one.required === true ? 'required' : ''],
        [String(one.description ?? one.title ?? '')],
      ]);
      return [
        heading(3, ids[index] ?? '', { code: String(name) }),
        ...(typeof title === 'string' && title !== name ? [paragraph({ strong: title })] : []),
        ...prose(description),
        ...table(`Arguments of ${String(name)}`, ['argument', '', 'description'], rows),
      ];
    }),
  ];
}

/** An id for each name, of letters that mean nothing elsewhere; no two the same. */
function uniqueIds(kind: string, names: readonly string[]): string[] {
  const taken = new Map<string, number>();
  return names.map((name) => {
    const id = `${kind}-${name.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 80)}`;
    const count = taken.get(id) ?? 0;
    taken.set(id, count + 1);
    return count === 0 ? id : `${id}~${count + 1}`;
  });
}
