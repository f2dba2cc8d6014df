import { AREAS, type Area } from '../../../src/preflight/check.ts';
import { CODES_BY_AREA } from '../../../src/preflight/finding-codes.ts';
import { block, code, markdownTable, page } from './markdown.ts';

const ABOUT: Record<Area, string> = {
  machine:
    'Node, npm and other programs, PATH as desktop apps see it, network, certificates, clock, disk, folders, keychain.',
  manifest: 'Both manifests and their locks, every problem with its line.',
  clients:
    'The files of every installed client: readable, entries usable, in line with the manifest, no secrets.',
  servers: 'Each enabled server is started once, lists its tools and answers a harmless call.',
};

/** docs/reference/doctor.md: what is checked, and every code by area. */
export function doctorPage(): string {
  const sections = AREAS.flatMap((area) => [
    `## ${area}`,
    ABOUT[area],
    markdownTable(
      ['code', 'severity', 'meaning', 'what to do'],
      Object.entries(CODES_BY_AREA[area]).map(([name, { severity, meaning, remedy }]) => [
        code(name),
        severity,
        meaning,
        remedy,
      ]),
    ),
  ]);
  return page('Doctor', 'src/preflight/codes', [
    '`mcpctl doctor` looks at everything at once and changes nothing. Every finding has a code, a cause, and a command that helps.',
    block(
      'sh',
      [
        'mcpctl doctor                    # everything',
        'mcpctl doctor linear postgres    # two servers',
        'mcpctl doctor --only clients     # one area',
        'mcpctl doctor --offline          # without the network',
        'mcpctl doctor --fix              # shows the fixes that lose nothing, asks, applies them, looks again',
      ].join('\n'),
    ),
    'It exits with 5 when it found an error, with 0 otherwise: warnings and information do not count.',
    ...sections,
  ]);
}
