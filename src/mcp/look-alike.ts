const DECISIVE = ['jsonrpc', 'id', 'method', 'params', 'name', 'arguments', 'uri', '_meta', 'ref'];

/**
 * True for a name that programs which mind no case (Go's encoding/json) take for one that decides what is done: what
 * was judged here would not be what they read.
 */
export function isLookAlike(name: string): boolean {
  // There and back folds letters such as ſ too.
  return !DECISIVE.includes(name) && DECISIVE.includes(name.toUpperCase().toLowerCase());
}
