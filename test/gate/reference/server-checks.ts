import { CHECKS_BY_AREA } from '../../../src/trial/check-ids.ts';
import { AREAS, type Area } from '../../../src/trial/codes/check-facts.ts';
import { block, code, markdownTable, page } from './markdown.ts';

const ABOUT: Record<Area, string> = {
  protocol:
    'How the server speaks, in each revision it knows: the handshake of 2025-11-25 and older, the stateless 2026-07-28.',
  schema:
    'How it describes tools, resources and prompts, and whether its answers keep what the descriptions promise.',
  examples: 'The calls and recorded sessions of `mcp-tests.yaml`.',
  security: 'What could harm the people who use it.',
  load: 'Many calls at once. With `--load` only.',
  conformance: 'The public conformance suite. With `--conformance` only, which lets npm fetch it.',
};

/** docs/reference/server-checks.md: every check of `test-server` by area. */
export function serverChecksPage(): string {
  const sections = AREAS.flatMap((area) => [
    `## ${area}`,
    ABOUT[area],
    markdownTable(
      ['check', 'a problem is', 'a server that passes', 'what to do'],
      Object.entries(CHECKS_BY_AREA[area]).map(([id, { severity, title, remedy }]) => [
        code(id),
        severity,
        title,
        remedy,
      ]),
    ),
  ]);
  return page('Checks of a server', 'src/trial/codes', [
    '`mcpctl test-server` looks at a server from outside, as clients do. Every check has an id that stays: use it in `--only`, `--skip` and in reports. [The guide](../guides/testing-servers.md) shows how.',
    block(
      'sh',
      [
        'mcpctl test-server ./my-server',
        'mcpctl test-server ./my-server --only protocol',
        'mcpctl test-server ./my-server --skip parameters-described',
      ].join('\n'),
    ),
    'It exits with 1 when a check failed. Warnings do not count.',
    ...sections,
  ]);
}
