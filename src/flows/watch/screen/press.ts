import type { ObservedServer } from '../../../watch/observation.ts';
import { isTroubled } from './tone.ts';
import type { Pane, View } from './view.ts';

/** What a key asks for besides another view. */
export type Wish =
  | { readonly wish: 'quit' | 'redraw' | 'pause' }
  | { readonly wish: 'restart' | 'check'; readonly server: string };

export interface Pressed {
  readonly view: View;
  readonly wish?: Wish;
}

/** How far a page goes, in lines. */
const PAGE = 10;

export interface PressFacts {
  readonly view: View;
  readonly servers: readonly ObservedServer[];
  /** How many lines the pane can be scrolled. */
  readonly reach: number;
}

/** Pure: what a key does. Keys that mean nothing here change nothing. */
export function press(key: string, { view, servers, reach }: PressFacts): Pressed {
  if (key === 'q' || key === 'ctrl-c' || key === 'ctrl-d') return { view, wish: { wish: 'quit' } };
  if (key === 'ctrl-l') return { view, wish: { wish: 'redraw' } };
  if (view.asked !== undefined) return answered(key, { ...view, asked: undefined }, view.asked);
  const moved = move(key, view, servers) ?? open(key, view) ?? scroll(key, view, reach);
  if (moved) return { view: moved };
  const { selected } = view;
  if (key === 'p') return { view, wish: { wish: 'pause' } };
  if (key === 'r' && selected !== undefined) return { view: { ...view, asked: selected } };
  if (key === 'c' && selected !== undefined) return { view, wish: { wish: 'check', server: selected } };
  return { view };
}

function answered(key: string, view: View, server: string): Pressed {
  return key === 'y' ? { view, wish: { wish: 'restart', server } } : { view };
}

function move(key: string, view: View, servers: readonly ObservedServer[]): View | undefined {
  const index = servers.findIndex(({ name }) => name === view.selected);
  const to = (next: number): View => {
    const selected = servers[Math.min(Math.max(0, next), servers.length - 1)]?.name;
    return selected === view.selected ? view : { ...view, selected, scrolled: 0 };
  };
  if (key === 'up' || key === 'k') return to(index - 1);
  if (key === 'down' || key === 'j') return to(index + 1);
  if (key === 'n') {
    const order = [...servers.keys()].map((offset) => (index + 1 + offset) % servers.length);
    return to(order.find((place) => servers[place] && isTroubled(servers[place])) ?? index);
  }
  if (view.pane !== undefined) return undefined;
  if (key === 'home' || key === 'g') return to(0);
  if (key === 'end' || key === 'G') return to(servers.length - 1);
  if (key === 'pageup') return to(index - PAGE);
  return key === 'pagedown' ? to(index + PAGE) : undefined;
}

const PANES: Readonly<Record<string, Pane>> = {
  l: 'logs',
  d: 'details',
  enter: 'details',
  '?': 'help',
  h: 'help',
};

/** The key that opened a pane closes it again. */
function open(key: string, view: View): View | undefined {
  if (key === 'escape') return { ...view, pane: undefined, scrolled: 0 };
  const pane = PANES[key];
  if (pane === undefined || (pane !== 'help' && view.selected === undefined)) return undefined;
  return { ...view, pane: pane === view.pane ? undefined : pane, scrolled: 0 };
}

function scroll(key: string, view: View, reach: number): View | undefined {
  if (view.pane === undefined) return undefined;
  const towards = SCROLLS[key];
  if (towards === undefined) return undefined;
  // Logs are read from their end, so that up is away from where they begin to be shown.
  const step = view.pane === 'logs' ? -towards : towards;
  const scrolled = Math.min(Math.max(0, Math.min(view.scrolled, reach) + step), reach);
  return { ...view, scrolled };
}

const SCROLLS: Readonly<Record<string, number>> = {
  pageup: -PAGE,
  pagedown: PAGE,
  space: PAGE,
  home: Number.NEGATIVE_INFINITY,
  g: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
  G: Number.POSITIVE_INFINITY,
};
