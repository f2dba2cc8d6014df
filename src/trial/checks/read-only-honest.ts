import { canonicalJson } from '../../core/canonical-json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Check, Problem } from '../check.ts';
import { nameOf, textOf } from '../definitions.ts';
import type { Scene } from '../scene.ts';
import type { Talk } from '../talk/talk.ts';

/** Something that shows a part of the server's state. */
interface Window {
  readonly label: string;
  readonly method: string;
  readonly params: JsonObject;
}

/** More windows or tools cost time and show little more. */
const MOST_WINDOWS = 8;
const MOST_TOOLS = 10;
const QUICK_MS = 300;

const readOnlyHonest: Check = {
  id: 'read-only-honest',
  eras: 'first',
  async examine(scene, { era }) {
    const talk = await scene.shared(era);
    const calls = await quickCalls(scene, talk);
    if (calls.length === 0) return { skipped: 'no tool that only reads could be called' };
    const steady: Window[] = [];
    for (const window of [...calls, ...(await resourceWindows(scene))].slice(0, MOST_WINDOWS)) {
      if (await isSteady(talk, window)) steady.push(window);
    }
    const problems: Problem[] = [];
    for (const call of calls.slice(0, MOST_TOOLS)) {
      for (const window of steady) {
        scene.signal.throwIfAborted();
        if (window.label === call.label || !(await changes(talk, call, window))) continue;
        problems.push({ subject: call.label, message: `after a call ${window.label} shows something else` });
        break;
      }
    }
    return problems;
  },
};

/** Calls that worked and do not take long; one that did may only have been held up. */
async function quickCalls(scene: Scene, talk: Talk): Promise<Window[]> {
  const quick: Window[] = [];
  for (const { tool, arguments: values, answer, duration } of await scene.samples()) {
    if (answer.kind !== 'result' || answer.result.isError === true) continue;
    const label = nameOf(tool);
    const window = { label, method: 'tools/call', params: { name: label, arguments: values } };
    const begun = performance.now();
    if (duration >= QUICK_MS) await look(talk, window);
    if (duration < QUICK_MS || performance.now() - begun < QUICK_MS) quick.push(window);
  }
  return quick;
}

async function resourceWindows(scene: Scene): Promise<Window[]> {
  const { items } = (await scene.definitions()).lists.resources;
  const reads = items.slice(0, 3).map((item) => {
    const uri = textOf(item.uri);
    return { label: uri, method: 'resources/read', params: { uri } };
  });
  return items.length === 0
    ? []
    : [{ label: 'resources/list', method: 'resources/list', params: {} }, ...reads];
}

async function isSteady(talk: Talk, window: Window): Promise<boolean> {
  const first = await look(talk, window);
  return first !== undefined && first === (await look(talk, window));
}

/** True when the call, twice in a row and never without it, changes what the window shows. */
async function changes(talk: Talk, call: Window, window: Window): Promise<boolean> {
  if (!(await differs(talk, call, window))) return false;
  const isClock = !(await isSteady(talk, window)) || !(await isSteady(talk, window));
  return !isClock && (await differs(talk, call, window));
}

async function differs(talk: Talk, call: Window, window: Window): Promise<boolean> {
  const before = await look(talk, window);
  await look(talk, call);
  const after = await look(talk, window);
  return before !== undefined && after !== undefined && before !== after;
}

async function look(talk: Talk, { method, params }: Window): Promise<string | undefined> {
  const answer = await talk.ask(method, params);
  return answer.kind === 'result' ? canonicalJson(answer.result) : undefined;
}

export const HONESTY_CHECKS: readonly Check[] = [readOnlyHonest];
