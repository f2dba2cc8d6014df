import { expect } from 'vitest';
import { serveHttp } from '../http-server.ts';
import { answer, bodyOf, type OtherAnswer, type Scripted } from './scripted-answers.ts';

export const SLACK_HOST = 'hooks.slack.com';
const PATH = ['/services', 'T0ALERTS', 'B0ALERTS', 'q1w2e3r4t5y6u7i8o9p0asdf'].join('/');
/** The secret address. */
export const SLACK_URL = `https://${SLACK_HOST}${PATH}`;

export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly { readonly type: string; readonly text?: { readonly text: string } }[];
}

export interface SlackStandIn {
  readonly port: number;
  /** Messages it took. */
  readonly messages: readonly SlackMessage[];
  /** Status of every answer, in order. */
  readonly statuses: readonly number[];
  /** Answers the next requests like this. */
  script(...answers: Scripted[]): void;
  /** Called with each request that it is told to hang. */
  onHang: () => void;
}

/** An incoming webhook with the limits Slack documents: sizes, answers, and one message a second by that clock. */
export async function startSlack(clock = (): number => performance.now()): Promise<SlackStandIn> {
  const messages: SlackMessage[] = [];
  const statuses: number[] = [];
  const scripted: Scripted[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  const { port } = await serveHttp(async (request, response) => {
    const body = await bodyOf(request);
    const next = scripted.shift();
    if (next === 'hang') return void standIn.onHang();
    const now = clock();
    const said =
      next ??
      refusal(request.method, request.url, request.headers['content-type'], body) ??
      paced(now - lastAt);
    if (said.status === 200) {
      lastAt = now;
      messages.push(JSON.parse(body) as SlackMessage);
    }
    statuses.push(said.status);
    answer(response, said);
  });
  const standIn: SlackStandIn = {
    port,
    messages,
    statuses,
    script: (...answers) => void scripted.push(...answers),
    onHang() {},
  };
  return standIn;
}

function paced(sinceLast: number): OtherAnswer {
  if (sinceLast >= 1000) return { status: 200, body: 'ok' };
  return { status: 429, body: 'rate_limited', headers: { 'retry-after': '1' } };
}

function refusal(method = '', url = '', type = '', body = ''): OtherAnswer | undefined {
  if (method !== 'POST') return { status: 405, body: 'method_not_allowed' };
  if (url !== PATH) return { status: 404, body: 'no_service' };
  if (!/^application\/json\b/.test(type)) return { status: 400, body: 'invalid_payload' };
  try {
    checkMessage(JSON.parse(body) as SlackMessage);
    return undefined;
  } catch {
    return { status: 400, body: 'invalid_payload' };
  }
}

/** `<` begins a mention or a link there; ours has neither. */
function checkMessage({ text, blocks }: SlackMessage): void {
  expect(typeof text).toBe('string');
  expect(text).not.toBe('');
  expect(text.length).toBeLessThanOrEqual(40_000);
  expect(text).not.toMatch(/[<>]/);
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks as readonly Record<string, unknown>[]) {
    if (block.type === 'section') checkText(block.text);
    else if (block.type === 'context') {
      const elements = block.elements as readonly unknown[];
      expect(elements.length).toBeLessThanOrEqual(10);
      for (const element of elements) checkText(element);
    } else throw new Error(`unknown block ${String(block.type)}`);
  }
}

function checkText(value: unknown): void {
  const { type, text } = value as { type: string; text: string };
  expect(type).toBe('mrkdwn');
  expect(text).not.toBe('');
  expect(text.length).toBeLessThanOrEqual(3000);
  expect(text).not.toMatch(/[<>]/);
}
