import { KNOWN_CAPABILITIES, standInsOf } from '../../calls/equivalents/known.ts';
import { DEFAULT_CALL_SETTINGS } from '../../settings/call-settings.ts';

/** Who answers when a tool of a catalog server cannot be called, where they are installed. */
export interface CatalogStandIns {
  readonly tool: string;
  readonly capability: string;
  /** False: only where the settings name the capability. */
  readonly isUsual: boolean;
  /** Best first; servers by their names in the catalog. */
  readonly by: readonly { readonly server: string; readonly tool: string }[];
}

export function catalogStandIns(slug: string): CatalogStandIns[] {
  const all = Object.entries(KNOWN_CAPABILITIES).flatMap(([capability, known]) =>
    known.tools
      .filter(({ server }) => server === slug)
      .map(({ tool }) => ({
        tool,
        capability,
        isUsual: DEFAULT_CALL_SETTINGS.standIns.capabilities.includes(capability),
        by: standInsOf({ server: slug, tool }, [known]).map((one) => ({
          server: one.server,
          tool: one.tool,
        })),
      })),
  );
  // Who only stands in somewhere has no more stand-ins there than elsewhere.
  const isCovered = (row: CatalogStandIns, by: CatalogStandIns): boolean =>
    by !== row && by.tool === row.tool && row.by.every((one) => hasTool(by.by, one));
  return all.filter((row, index) => !all.slice(0, index).some((earlier) => isCovered(row, earlier)));
}

function hasTool(tools: CatalogStandIns['by'], { server, tool }: CatalogStandIns['by'][number]): boolean {
  return tools.some((one) => one.server === server && one.tool === tool);
}

export function renderStandIns(standIns: readonly CatalogStandIns[]): string[] {
  return standIns.map(({ tool, capability, isUsual, by }) => {
    const servers = [...new Set(by.map(({ server }) => server))].join(', ');
    return `${tool}: ${servers} (${capability}${isUsual ? '' : ', off unless standIns.capabilities names it'})`;
  });
}
