import { expect, test } from 'vitest';
import { press } from '../../../../src/flows/watch/screen/press.ts';
import { FIRST_VIEW, type View } from '../../../../src/flows/watch/screen/view.ts';
import { SCREEN_SERVERS } from '../../../support/screen-facts.ts';

const START: View = { ...FIRST_VIEW, selected: 'github' };

/** The view after some keys, and what the last of them asks for. */
function after(keys: readonly string[], view: View = START, reach = 35) {
  return keys.reduce<ReturnType<typeof press>>(
    (pressed, key) => press(key, { view: pressed.view, servers: SCREEN_SERVERS, reach }),
    { view },
  );
}

const selectedAfter = (...keys: string[]): string | undefined => after(keys).view.selected;

test('arrows and letters select, and stop at the ends', () => {
  expect(selectedAfter('down', 'j')).toBe('postgres');
  expect(selectedAfter('down', 'j', 'k', 'up', 'up')).toBe('github');
  expect(selectedAfter('end')).toBe('playwright');
  expect(selectedAfter('pagedown', 'down')).toBe('playwright');
  expect(selectedAfter('G', 'home')).toBe('github');
});

test('n selects the next server that needs somebody, around the end', () => {
  expect(selectedAfter('n')).toBe('linear');
  expect(selectedAfter('n', 'n', 'n')).toBe('playwright');
  expect(selectedAfter('n', 'n', 'n', 'n')).toBe('linear');
});

test('panes open and close by their keys, and stay open while another server is selected', () => {
  expect(after(['enter']).view.pane).toBe('details');
  expect(after(['d', 'd']).view.pane).toBeUndefined();
  expect(after(['d', 'l']).view.pane).toBe('logs');
  expect(after(['l', 'down']).view).toMatchObject({ pane: 'logs', selected: 'linear' });
  expect(after(['?', 'escape']).view.pane).toBeUndefined();
  expect(press('l', { view: FIRST_VIEW, servers: [], reach: 0 }).view.pane).toBeUndefined();
});

test('panes scroll within what there is, logs away from their end', () => {
  expect(after(['d', 'pagedown', 'space']).view.scrolled).toBe(20);
  expect(after(['d', 'pagedown', 'pageup', 'pageup']).view.scrolled).toBe(0);
  expect(after(['d', 'end']).view.scrolled).toBe(35);
  expect(after(['l', 'pageup']).view.scrolled).toBe(10);
  expect(after(['l', 'home', 'pagedown']).view.scrolled).toBe(25);
  expect(after(['l', 'pageup', 'end']).view.scrolled).toBe(0);
  expect(after(['l', 'pageup', 'down']).view.scrolled).toBe(0);
});

test('a restart is asked first: only y does it, every other key takes it back', () => {
  expect(after(['r'])).toEqual({ view: { ...START, asked: 'github' } });
  expect(after(['r', 'y'])).toEqual({ view: START, wish: { wish: 'restart', server: 'github' } });
  for (const key of ['n', 'escape', 'enter', 'r', 'down'])
    expect(after(['r', key]), key).toEqual({ view: START });
});

test('other wishes are passed on, and unknown keys change nothing', () => {
  for (const key of ['q', 'ctrl-c']) expect(after(['r', key]).wish).toEqual({ wish: 'quit' });
  expect(after(['p']).wish).toEqual({ wish: 'pause' });
  expect(after(['c']).wish).toEqual({ wish: 'check', server: 'github' });
  expect(after(['ctrl-l']).wish).toEqual({ wish: 'redraw' });
  expect(after(['x', 'tab', 'left'])).toEqual({ view: START });
});
