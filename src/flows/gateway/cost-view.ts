import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { GatewayCosts } from './cost-flow.ts';

export function renderCosts({ servers, modes }: GatewayCosts, style: Style, width: number): string {
  if (servers.length === 0) return 'No servers yet. Add one: mcpctl add <name>';
  const dim = (head: readonly string[]): string[] => head.map((cell) => style.dim(cell));
  const costly = [...servers].sort((one, other) => other.tokens - one.tokens);
  return [
    table({
      head: dim(['shown', 'tools listed', 'tokens', 'of full', 'tools behind']),
      rows: modes.map(({ mode, profile, tools, tokens, share, behind }) => [
        profile === undefined ? mode : `profile ${plainLine(profile)} (${mode})`,
        String(tools),
        number(tokens),
        share === undefined ? '-' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`,
        String(behind),
      ]),
      width,
    }),
    '',
    table({
      head: dim(['server', 'tools', 'tokens', '']),
      rows: costly.map(({ server, tools, tokens, error }) => [
        plainLine(server),
        error ? '?' : String(tools),
        error ? '?' : number(tokens),
        error ? plainLine(`${error.code}: ${error.message}`) : '',
      ]),
      width,
    }),
    '',
    style.dim(
      'An estimate of what each conversation begins with. Two tools instead: mcpctl gateway --mode search',
    ),
  ].join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
