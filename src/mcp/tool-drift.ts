/** How the tools a server lists differ from those that were locked, by name. */
export interface ToolDrift {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** Compares hashes of definitions by tool name; the order of tools says nothing. */
export function driftOf(
  locked: Readonly<Record<string, string>>,
  current: Readonly<Record<string, string>>,
): ToolDrift {
  const names = Object.keys(current);
  return {
    changed: names.filter((name) => Object.hasOwn(locked, name) && locked[name] !== current[name]),
    added: names.filter((name) => !Object.hasOwn(locked, name)),
    gone: Object.keys(locked).filter((name) => !Object.hasOwn(current, name)),
  };
}
