import { createHash } from 'node:crypto';
import type { Said } from '../../../routing/said.ts';
import type { View } from '../view.ts';
import { createToolFinder, type ToolFinder } from './tool-finder.ts';

/** An index of some thousand tools takes megabytes, and principals who are offered the same share one. */
const KEPT_FINDERS = 8;

/** The finder of what a view lists, by what users said of tools; made when it is asked for first. */
export function createFinders(
  titleOf: (server: string) => string,
): (view: View, said: readonly Said[]) => ToolFinder {
  const byView = new WeakMap<View, { readonly said: string; readonly finder: ToolFinder }>();
  const byContent = new Map<string, ToolFinder>();
  return (view, said) => {
    const told = JSON.stringify(said);
    const known = byView.get(view);
    if (known?.said === told) return known.finder;
    const listed = view.listed();
    const titles = [...new Set(listed.map(({ server }) => server))].map(titleOf);
    const key = createHash('sha256')
      .update(JSON.stringify([titles, listed, told]))
      .digest('base64');
    const finder = byContent.get(key) ?? createToolFinder(listed, titleOf, said);
    byContent.delete(key);
    byContent.set(key, finder);
    for (const oldest of [...byContent.keys()].slice(0, -KEPT_FINDERS)) byContent.delete(oldest);
    byView.set(view, { said: told, finder });
    return finder;
  };
}
