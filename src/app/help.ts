import { type CommandLine, GROUPS } from './command-line.ts';
import { COMMANDS } from './manifest.ts';

/** `mcpctl --help`, printed from the command table without loading a command. */
export function rootHelp(): string {
  const width = Math.max(0, ...COMMANDS.map((line) => typed(line).length));
  const groups = GROUPS.flatMap((group) => {
    const lines = COMMANDS.filter((command) => command.group === group);
    if (lines.length === 0) return [];
    return [`${group}:`, ...lines.map((line) => `  ${typed(line).padEnd(width)}  ${line.summary}`), ''];
  });
  return [
    'mcpctl: connect AI clients to MCP servers',
    '',
    'usage: mcpctl <command> [options]',
    '',
    ...groups,
    'every command: --help, --json, --quiet, --verbose, --no-color',
    '',
    'start here:',
    '  mcpctl init              set this machine up, step by step',
    '  mcpctl add linear        add one server to every client',
    '  mcpctl doctor            find out what is wrong',
  ].join('\n');
}

function typed({ name, alias }: CommandLine): string {
  return alias ? `${name}, ${alias}` : name;
}

/** `mcpctl config --help`: the commands of a group of two words, none of them loaded. */
export function groupHelp(group: string, lines: readonly CommandLine[]): string {
  return [
    `usage: mcpctl ${group} <command> [options]`,
    '',
    'commands:',
    ...groupLines(lines).map((line) => `  ${line}`),
    '',
    `each explained: mcpctl ${group} <command> --help`,
  ].join('\n');
}

/** One line a command: how it is typed, and what it does. */
export function groupLines(lines: readonly CommandLine[]): string[] {
  const width = Math.max(0, ...lines.map(({ name }) => name.length));
  return lines.map(({ name, summary }) => `mcpctl ${name.padEnd(width)}  ${summary}`);
}
