import type { JsonObject } from '../../core/json.ts';
import { type AddressTable, addressTable } from './addresses.ts';
import { INVALID_PARAMS, RpcFault } from './messages.ts';
import { type NameTable, nameTable, type Origin } from './names.ts';
import { keyOfList, type ListName, type Offer } from './offer.ts';

export interface Offered {
  readonly server: string;
  readonly offer: Offer;
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
  /** JSON text of the members of one page: `"tools":[…]`, and `"nextCursor"`. @throws RpcFault for a wrong cursor. */
  page(list: ListName, cursor?: unknown): string;
}

export interface ViewOptions {
  /** Names stay as they are: there is one server. */
  readonly keepsNames: boolean;
  /** Whether somebody may see a tool. Its name is known all the same, so that a call of it is refused and recorded. */
  shows(server: string, tool: JsonObject): boolean;
}

/** Clients that ask page by page are rare, and so are servers with so many tools. */
const PAGE_ITEMS = 1000;

export function createView(offered: readonly Offered[], { keepsNames, shows }: ViewOptions): View {
  const originsOf = (list: ListName): Origin[] =>
    offered.flatMap(({ server, offer }) =>
      offer.lists[list].map((item) => ({ server, name: String(item[keyOfList(list)]) })),
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
  const itemTexts = (list: ListName): string[] =>
    offered.flatMap(({ server, offer }) =>
      offer.lists[list].flatMap((item) => {
        const key = keyOfList(list);
        const shown = shownFor[list]({ server, name: String(item[key]) });
        const isHidden = shown === undefined || (list === 'tools' && !shows(server, item));
        return isHidden ? [] : [JSON.stringify({ ...item, [key]: shown })];
      }),
    );
  const texts = new Map<ListName, string[]>();
  const pages = new Map<string, string>();

  return {
    offered,
    tools,
    prompts,
    addresses,
    tool: ({ server, name }) =>
      offered.find((one) => one.server === server)?.offer.lists.tools.find((tool) => tool.name === name),
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
