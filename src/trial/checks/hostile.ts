import type { Era } from '../../mcp/greeting.ts';
import type { Check, Outcome, Problem } from '../check.ts';
import type { CheckId } from '../check-ids.ts';
import type { Scene } from '../scene.ts';
import { describeAnswer } from '../talk/answer.ts';

/** Input nobody should send. What it does to the server counts, not whether it is answered. */
interface Input {
  readonly what: string;
  readonly text: string;
  /** Must have no result, as it is no request. */
  readonly id?: string;
}

const BROKEN: readonly Input[] = [
  { what: 'a line of text', text: 'this is no message' },
  { what: 'half a message', text: '{"jsonrpc":"2.0","id":1,"method":"tools/li' },
  { what: 'a message with a comma too many', text: '{"jsonrpc":"2.0","id":1,"method":"ping",}' },
  { what: 'control characters', text: '\u0000\u0001\u001b[2J' },
];

const WRONG: readonly Input[] = [
  { what: 'a number', text: '42' },
  { what: 'null', text: 'null' },
  { what: 'an empty object', text: '{}' },
  {
    what: 'a method that is a number',
    text: '{"jsonrpc":"2.0","id":"mcpctl-w1","method":42}',
    id: 'mcpctl-w1',
  },
  {
    what: 'params that are a text',
    text: '{"jsonrpc":"2.0","id":"mcpctl-w2","method":"tools/call","params":"text"}',
    id: 'mcpctl-w2',
  },
  {
    what: 'params of nulls',
    text: '{"jsonrpc":"2.0","id":"mcpctl-w3","method":"tools/call","params":{"name":null,"arguments":null}}',
    id: 'mcpctl-w3',
  },
  { what: 'an answer nobody waits for', text: '{"jsonrpc":"2.0","id":"mcpctl-w4","result":{}}' },
];

const BATCHES: readonly Input[] = [
  {
    what: 'a batch',
    text: '[{"jsonrpc":"2.0","id":"mcpctl-b1","method":"ping"},{"jsonrpc":"2.0","id":"mcpctl-b2","method":"ping"}]',
  },
  { what: 'an empty batch', text: '[]' },
];

const LEVELS = 5_000;
const DEEP: readonly Input[] = [
  {
    what: `arguments ${LEVELS} levels deep`,
    text: `{"jsonrpc":"2.0","id":"mcpctl-deep","method":"tools/call","params":{"name":"mcpctl_no_such_thing","arguments":{"deep":${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}}}}`,
  },
];

const brokenJson = surviving('broken-json', BROKEN);
const wrongMessages = surviving('wrong-messages', WRONG);
const batch = surviving('batch', BATCHES);
const deepInput = surviving('deep-input', DEEP);

function surviving(id: CheckId, inputs: readonly Input[]): Check {
  return { id, eras: 'each', examine: (scene, { era }) => sendAll(scene, era, inputs) };
}

async function sendAll(scene: Scene, era: Era, inputs: readonly Input[]): Promise<Outcome> {
  const problems: Problem[] = [];
  for (const { what, text, id } of inputs) {
    const talk = await scene.shared(era);
    await talk.raw(text);
    const lost = await scene.survived(era);
    if (lost !== undefined) {
      problems.push({ message: `after ${what}: ${lost}` });
      continue;
    }
    const answer = id === undefined ? undefined : await talk.answerTo(id, 0);
    if (answer?.kind === 'result' && answer.result.isError !== true) {
      problems.push({ message: `${what}: it ${describeAnswer(answer)}` });
    }
  }
  return problems;
}

const FOUR_MEGABYTES = 4 * 1024 * 1024;

const hugeInput: Check = {
  id: 'huge-input',
  eras: 'each',
  async examine(scene, { era }) {
    const talk = await scene.shared(era);
    const params = { name: 'mcpctl_no_such_thing', arguments: { text: 'x'.repeat(FOUR_MEGABYTES) } };
    const answer = await talk.ask('tools/call', params);
    const lost = await scene.survived(era);
    if (lost !== undefined) return [{ message: `after a request of four megabytes: ${lost}` }];
    if (answer.kind === 'none' && answer.why === 'silence') {
      return [{ message: `a request of four megabytes: it ${answer.reason}` }];
    }
    return [];
  },
};

export const HOSTILE_CHECKS: readonly Check[] = [brokenJson, wrongMessages, batch, deepInput, hugeInput];
