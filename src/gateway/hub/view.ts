import type { JsonObject } from '../../core/json.ts';
import { type AddressTable, addressTable } from './addresses.ts';
import { INVALID_PARAMS, RpcFault } from './messages.ts';
import { type NameTable, nameTable, type Origin } from './names.ts';
import { keyOfList, type ListName, type Offer } from './offer.ts';

export interface Offered {
  readonly server: string;
  readonly offer: Offer;
}

/** A server of which its tools are known, and nothing else. */
export function toolOffer(server: string, tools: readonly JsonObject[]): Offered {
  const about = { era: 'legacy', protocolVersion: '', capabilities: { tools: {} }, serverInfo: {} } as const;
  return {
    server,
    offer: { about, lists: { tools, prompts: [], resources: [], resourceTemplates: [] }, at: 0 },
  };
}

/** What one audience sees of several servers: merged lists, and the way back from what stands in them. */
export interface View {
  readonly offered: readonly Offered[];
  readonly tools: NameTable;
  readonly prompts: NameTable;
  /** Of resources and templates. */
  readonly addresses: AddressTable;
  /** As its server describes it. */
  tool(origin: Origin): JsonObject | undefined;
  /** The tools that are listed. */
  listed(): readonly ListedTool[];
  /** JSON text of the members of one page: `"tools":[…]`, and `"nextCursor"`. @throws RpcFault for a wrong cursor. */
  page(list: ListName, cursor?: unknown): string;
}

export interface ListedTool {
  readonly server: string;
  /** What clients call it. */
  readonly shown: string;
  readonly tool: JsonObject;
}

export interface ViewOptions {
  /** Names stay as they are: there is one server. */
  readonly keepsNames: boolean;
  /** Which tools there are at all; all of them when absent. Others are as unknown as if their server had none. */
  readonly has?: ((server: string, tool: JsonObject) => boolean) | undefined;
  /** Whether somebody may see a tool. Its name is known all the same, so that a call of it is refused and recorded. */
  shows(server: string, tool: JsonObject): boolean;
}

/** Clients that ask page by page are rare, and so are servers with so many tools. */
const PAGE_ITEMS = 1000;

export function createView(offered: readonly Offered[], { keepsNames, has, shows }: ViewOptions): View {
  const itemsOf = ({ server, offer }: Offered, list: ListName): readonly JsonObject[] =>
    list === 'tools' && has ? offer.lists.tools.filter((tool) => has(server, tool)) : offer.lists[list];
  const originsOf = (list: ListName): Origin[] =>
    offered.flatMap((one) =>
      itemsOf(one, list).map((item) => ({ server: one.server, name: String(item[keyOfList(list)]) })),
    );
  const namesOf = (list: ListName): NameTable =>
    keepsNames ? sameNames(originsOf(list)) : nameTable(originsOf(list));
  const tools = namesOf('tools');
  const prompts = namesOf('prompts');
  const addresses = addressTable([...originsOf('resources'), ...originsOf('resourceTemplates')]);
  const shownFor: Readonly<Record<ListName, (origin: Origin) => string | undefined>> = {
    tools: tools.shownFor,
    prompts: prompts.shownFor,
    resources: addresses.shownFor,
    resourceTemplates: addresses.shownFor,
  };
  const listedIn = (list: ListName): ListedItem[] =>
    offered.flatMap((one) => {
      const { server } = one;
      return itemsOf(one, list).flatMap((item) => {
        const shown = shownFor[list]({ server, name: String(item[keyOfList(list)]) });
        const isHidden = shown === undefined || (list === 'tools' && !shows(server, item));
        return isHidden ? [] : [{ server, shown, item }];
      });
    });
  const itemTexts = (list: ListName): string[] =>
    listedIn(list).map(({ shown, item }) => JSON.stringify({ ...item, [keyOfList(list)]: shown }));
  const texts = new Map<ListName, string[]>();
  const pages = new Map<string, string>();

  return {
    offered,
    tools,
    prompts,
    addresses,
    tool: ({ server, name }) =>
      offered.find((one) => one.server === server)?.offer.lists.tools.find((tool) => tool.name === name),
    listed: () => listedIn('tools').map(({ server, shown, item }) => ({ server, shown, tool: item })),
    page(list, cursor) {
      const start = offsetOf(cursor);
      const key = `${list} ${start}`;
      const kept = pages.get(key);
      if (kept !== undefined) return kept;
      const items = texts.get(list) ?? itemTexts(list);
      texts.set(list, items);
      if (start > 0 && start >= items.length) throw wrongCursor();
      const end = start + PAGE_ITEMS;
      const next = end < items.length ? `,"nextCursor":"${cursorFor(end)}"` : '';
      const page = `"${list}":[${items.slice(start, end).join(',')}]${next}`;
      pages.set(key, page);
      return page;
    },
  };
}

interface ListedItem {
  readonly server: string;
  readonly shown: string;
  readonly item: JsonObject;
}

function sameNames(origins: readonly Origin[]): NameTable {
  const found = new Map(origins.map((origin) => [origin.name, origin]));
  return {
    shownFor: ({ name }) => (found.has(name) ? name : undefined),
    originOf: (name) => found.get(name),
  };
}

const CURSOR = /^mcpctl-([1-9][0-9]{0,8})$/;

function cursorFor(offset: number): string {
  return `mcpctl-${offset}`;
}

function offsetOf(cursor: unknown): number {
  if (cursor === undefined || cursor === null) return 0;
  const offset = Number(CURSOR.exec(String(cursor))?.[1]);
  if (Number.isNaN(offset)) throw wrongCursor();
  return offset;
}

function wrongCursor(): RpcFault {
  return new RpcFault(INVALID_PARAMS, 'There is no page with this cursor.');
}
