import type { ListedServer } from '../../../src/catalog/listed-schema.ts';
import { markdownTable, page } from './markdown.ts';

/** docs/reference/listed-servers.md: what the catalog knows from lists alone. */
export function listedPage(servers: readonly ListedServer[]): string {
  const categories = [...new Set(servers.map(({ category }) => category))].sort();
  const sections = categories.flatMap((category) => [
    `## ${category}`,
    markdownTable(
      ['name', 'server', 'by', 'from', 'sign-in', 'licence', 'what it does'],
      servers.filter((server) => server.category === category).map(rowOf),
    ),
  ]);
  return page('Listed servers', 'src/catalog/listed.json', [
    `${servers.length} more servers that \`mcpctl add\` and \`info\` know by name. They stand in public lists; nobody tried them here, ` +
      'and facts are as old as the lists. Those that were looked at: [catalog](catalog.md). Finding one: `mcpctl search`.',
    ...sections,
  ]);
}

function rowOf({
  slug,
  title,
  maintainer,
  ways,
  auth,
  licence,
  status,
  replacedBy,
  description,
}: ListedServer): string[] {
  const over = replacedBy === undefined ? '' : ` ${status}; take ${replacedBy}.`;
  return [slug, title, maintainer, ways[0]?.[0] ?? '', auth, licence ?? '', `${description}${over}`];
}
