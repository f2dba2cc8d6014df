import { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import { GROUPS } from '../../../src/app/command-line.ts';
import { COMMANDS } from '../../../src/app/manifest.ts';
import { programFor } from '../../../src/app/run.ts';
import type { Context } from '../../../src/cli/context.ts';
import { createCriticalSection } from '../../../src/platform/critical-section.ts';
import { createOutput } from '../../../src/platform/output.ts';
import { createPaths } from '../../../src/platform/paths.ts';
import { block, code, markdownTable, page } from './markdown.ts';

/** docs/reference/commands.md, printed from the definitions that parse the arguments. */
export async function commandsPage(): Promise<string> {
  const program = await programFor(COMMANDS, context());
  const sections = GROUPS.flatMap((group) => {
    const lines = COMMANDS.filter((command) => command.group === group);
    const blocks = lines.flatMap(({ name }) => {
      const command = commandNamed(program, name);
      return [`### mcpctl ${name}`, ...commandBlocks(command, name)];
    });
    return lines.length > 0 ? [`## ${group}`, ...blocks] : [];
  });
  return page('Commands', 'the command definitions in src/commands', [
    'Every command takes these as well:',
    markdownTable(['option', 'what it does'], COMMON),
    'The answer goes to stdout, everything else to stderr. With `--json` the answer is one document, ' +
      '`{"ok": true, "data": …}` or `{"ok": false, "error": {"code", "message", "hint"}}`; the codes are in ' +
      '[errors](errors.md).',
    ...sections,
  ]);
}

const COMMON = [
  ['`--help`', 'explain the command'],
  ['`--json`', 'print one JSON document'],
  ['`-q`, `--quiet`', 'print no remarks'],
  ['`--verbose`', 'print causes of failures'],
  ['`--no-color`', 'print without colours'],
];

const COMMON_FLAGS = new Set(['--json', '--quiet', '--verbose', '--no-color']);

function commandNamed(program: Command, name: string): Command {
  let command = program;
  for (const word of name.split(' ')) {
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (!child) throw new Error(`no command ${name}`);
    command = child;
  }
  return command;
}

function commandBlocks(command: Command, name: string): string[] {
  const options = command.options.filter(({ long, hidden }) => !hidden && !COMMON_FLAGS.has(long ?? ''));
  const argumentRows = command.registeredArguments.map((argument) => [
    code(argument.name()),
    [
      argument.description,
      ...(argument.argChoices ? [`one of ${argument.argChoices.map(code).join(', ')}`] : []),
      ...(argument.required ? [] : ['may be left out']),
      ...(argument.variadic ? ['several are possible'] : []),
    ]
      .filter(Boolean)
      .join('; '),
  ]);
  const optionRows = options.map((option) => [
    code(option.flags),
    [
      option.description,
      ...(option.argChoices ? [`one of ${option.argChoices.map(code).join(', ')}`] : []),
      ...(option.defaultValue === undefined || option.negate
        ? []
        : [`${code(option.defaultValueDescription ?? String(option.defaultValue))} unless said otherwise`]),
    ].join('; '),
  ]);
  const usage = command.registeredArguments.map((argument) => {
    const shown = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${shown}>` : `[${shown}]`;
  });
  return [
    `${command.description()}.`,
    block('sh', ['mcpctl', name, ...usage, ...(options.length > 0 ? ['[options]'] : [])].join(' ')),
    markdownTable(['argument', 'what it is'], argumentRows),
    markdownTable(['option', 'what it does'], optionRows),
    afterHelp(command),
  ].filter((text) => text !== '');
}

/** Examples and remarks a command adds to its help. */
function afterHelp(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
    getOutHelpWidth: () => 100,
  });
  command.outputHelp();
  const after = text.slice(command.helpInformation().length);
  return after.trim() === '' ? '' : block('text', after.replace(/^\n+/, '').trimEnd());
}

/** A machine that is nobody's, so that the page is the same wherever it is printed. */
function context(): Context {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const env = {};
  return {
    env,
    platform: 'linux',
    arch: 'x64',
    cwd: '/home/you/project',
    paths: createPaths({ platform: 'linux', home: '/home/you', env }),
    program: { version: '0.0.0', node: '/usr/bin/node', script: '/usr/lib/mcpctl/bin/mcpctl.js' },
    output: createOutput({ stdout: stream, stderr: stream, env, quiet: true }),
    prompt: undefined as never,
    stdin: Readable.from([]),
    stdout: stream,
    signal: new AbortController().signal,
    now: () => new Date(0),
    critical: createCriticalSection(),
    concealInCrash: () => {},
    exitWith: () => {},
  };
}
