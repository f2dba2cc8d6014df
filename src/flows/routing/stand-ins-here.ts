import { capabilitiesHere, standInsOf } from '../../calls/equivalents/known.ts';
import type { Context } from '../../cli/context.ts';
import { readSettings } from '../../settings/read.ts';
import type { OwnServer } from './own-servers.ts';

/** Which tools of the user's servers are asked when one cannot be called, best first, as `server/tool`. */
export async function standInsHere(
  own: readonly OwnServer[],
  context: Context,
): Promise<(server: string, tool: string) => string[]> {
  const { fallbacks, standIns } = (await readSettings(context)).settings;
  const servers = own.map(({ routable: { id, title } }) => ({ name: id, catalog: title }));
  const declared = Object.values(fallbacks).map((tools) => ({ tools }));
  const capabilities = [...declared, ...capabilitiesHere(servers, standIns, Object.keys(fallbacks))];
  return (server, tool) =>
    standInsOf({ server, tool }, capabilities).map((one) => `${one.server}/${one.tool}`);
}
