/** Tools and kinds of failures of a server that are told apart; what comes after them is `other`. */
export const MOST_TOOLS = 200;
export const MOST_ERRORS = 32;
/** Names come from clients and servers. */
const LONGEST_NAME = 128;
const OTHER = 'other';

/** Names of one server that have series of their own. */
export interface NameBounds {
  tool(name: string): string;
  /** Empty stays empty: the call went well. */
  error(name: string): string;
}

export function createNameBounds(): NameBounds {
  const tools = new Set<string>();
  const errors = new Set<string>();
  return {
    tool: (name) => bounded(name, tools, MOST_TOOLS),
    error: (name) => (name === '' ? '' : bounded(name, errors, MOST_ERRORS)),
  };
}

function bounded(name: string, known: Set<string>, most: number): string {
  if (known.has(name) || name === OTHER) return name;
  if (known.size >= most || name.length > LONGEST_NAME) return OTHER;
  known.add(name);
  return name;
}
