import { createHash } from 'node:crypto';
import type { View } from '../view.ts';
import { createToolFinder, type ToolFinder } from './tool-finder.ts';

/** An index of some thousand tools takes megabytes, and principals who are offered the same share one. */
const KEPT_FINDERS = 8;

/** The finder of what a view lists; made when it is asked for first. */
export function createFinders(titleOf: (server: string) => string): (view: View) => ToolFinder {
  const byView = new WeakMap<View, ToolFinder>();
  const byContent = new Map<string, ToolFinder>();
  return (view) => {
    const known = byView.get(view);
    if (known) return known;
    const listed = view.listed();
    const titles = [...new Set(listed.map(({ server }) => server))].map(titleOf);
    const key = createHash('sha256')
      .update(JSON.stringify([titles, listed]))
      .digest('base64');
    const finder = byContent.get(key) ?? createToolFinder(listed, titleOf);
    byContent.delete(key);
    byContent.set(key, finder);
    for (const oldest of [...byContent.keys()].slice(0, -KEPT_FINDERS)) byContent.delete(oldest);
    byView.set(view, finder);
    return finder;
  };
}
