import { join } from 'node:path';
import { isTool, type Tool } from '../../mcp/tools.ts';
import { createOfferFile } from '../hub/offer-file.ts';
import type { ServerHere } from '../hub/servers-here.ts';
import { createKnownTools } from './known-tools.ts';

/** What gateways learned from a server as it is configured now; undefined when that is nothing. */
export async function offeredTools(
  { name, digest }: Pick<ServerHere, 'name' | 'digest'>,
  cache: string,
): Promise<readonly Tool[] | undefined> {
  const offers = await createOfferFile({
    folder: join(cache, 'gateway', 'offers'),
    server: name,
    digest,
  }).read();
  const lists = [...offers.values()].map(({ lists: { tools } }) => tools.filter(isTool));
  const longest = lists.sort((one, other) => other.length - one.length)[0];
  return longest && longest.length > 0 ? longest : undefined;
}

/** The same, or what somebody who asked the server was told. */
export async function knownDefinitions(
  here: Pick<ServerHere, 'name' | 'digest'>,
  cache: string,
): Promise<readonly Tool[] | undefined> {
  return (await offeredTools(here, cache)) ?? (await createKnownTools(cache).read(here.name));
}
