import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { pastedRedirect } from '../../../src/auth/callback/paste.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { bundleFixture } from '../../support/fixture.ts';
import { terminal } from '../../support/terminal.ts';

const REDIRECT = 'http://127.0.0.1:5123/callback';
const GOOD = `${REDIRECT}?code=canary-code&state=the-state`;

function reading(input: PassThrough = new PassThrough()) {
  const refuse = vi.fn<(message: string) => void>();
  const stop = new AbortController();
  const options = { input, redirectUri: REDIRECT, state: 'the-state', refuse, signal: stop.signal };
  return { input, refuse, stop, pasted: pastedRedirect(options) };
}

/** Nothing of ours listens any more and nothing is read on. */
function expectReleased(input: PassThrough): void {
  for (const event of ['data', 'error']) expect(input.listenerCount(event)).toBe(0);
  expect(input.isPaused()).toBe(true);
}

test('takes an address that comes in pieces and over several lines', async () => {
  const { input, pasted, refuse } = reading();

  for (const piece of ['http://127.0.0.1:51', '23/callback?co\nde=canary-code&sta', 'te=the-st\n', 'ate\n']) {
    input.write(piece);
  }

  expect(await pasted).toEqual(new URL(GOOD));
  expect(refuse).not.toHaveBeenCalled();
  expectReleased(input);
});

test('asks again after a paste it cannot take, and ignores empty lines', async () => {
  const { input, pasted, refuse } = reading();
  input.write('\n');
  input.write('canary-code\n');
  await vi.waitFor(() => expect(refuse).toHaveBeenCalledTimes(1), 60_000);
  input.write(`${REDIRECT}?code=canary-code&state=other\n`);
  await vi.waitFor(() => expect(refuse).toHaveBeenCalledTimes(2), 60_000);

  input.write(`${GOOD}\n`);

  expect(await pasted).toEqual(new URL(GOOD));
  expect(refuse.mock.calls.flat().join()).not.toContain('canary-code');
});

test('reads on after a question that left the input paused', async () => {
  const input = new PassThrough();
  input.pause();
  const { pasted } = reading(input);

  input.write(`${GOOD}\n`);

  expect(await pasted).toEqual(new URL(GOOD));
});

test('takes what stands before the end of the input, without a line end', async () => {
  const { input, pasted } = reading();

  input.end(GOOD);

  expect(await pasted).toEqual(new URL(GOOD));
});

test('ends with nothing when the input ends, is broken, or was over before', async () => {
  const ended = reading();
  ended.input.end('hello');
  expect(await ended.pasted).toBeUndefined();
  expect(ended.refuse).toHaveBeenCalledTimes(1);
  expectReleased(ended.input);

  const broken = reading();
  broken.input.destroy(new Error('gone'));
  expect(await broken.pasted).toBeUndefined();

  const open = new PassThrough({ autoDestroy: false });
  open.resume().end();
  await once(open, 'end');
  expect(await reading(open).pasted).toBeUndefined();
});

test('ends with nothing when the browser was faster', async () => {
  const { input, pasted, stop } = reading();
  input.write('half an addr');

  stop.abort();

  expect(await pasted).toBeUndefined();
  expectReleased(input);
});

test('an endless line is refused, not kept', async () => {
  const { input, pasted, refuse, stop } = reading();

  input.write('x'.repeat(70_000));

  await vi.waitFor(() => expect(refuse).toHaveBeenCalledTimes(1), 60_000);
  stop.abort();
  await pasted;
});

/** A terminal that runs the reader, which tells at its end whether typing is shown again. */
async function readerInTerminal() {
  const home = await temporaryFolder();
  const program = await bundleFixture('callback/paste.ts');
  const script = `'${process.execPath}' '${program}'\nsleep 60\n`;
  const session = await terminal({ home }, script);
  await session.shows('paste now');
  return session;
}

test('in a terminal, a long address arrives whole and is not shown', async () => {
  const session = await readerInTerminal();

  await session.paste(`${REDIRECT}?code=${'canary'.repeat(1_000)}&state=the-state`);
  await session.press('Enter');

  await session.shows('got 6000 characters');
  await session.shows('then echo');
  expect(await session.screen()).not.toContain('canary');
});

test('in a terminal, the erase key works', async () => {
  const session = await readerInTerminal();

  await session.paste('code#the-statx');
  await session.press('BSpace');
  await session.paste('e');
  await session.press('Enter');

  await session.shows('got 4 characters');
});

test.for([
  ['C-c', 'failed: CANCELLED'],
  ['C-d', 'nothing came'],
] as const)('in a terminal, %s ends it and puts the terminal back', async ([key, words]) => {
  const session = await readerInTerminal();

  await session.press(key);

  await session.shows(words);
  await session.shows('then echo');
});
