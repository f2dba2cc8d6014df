import type { Alert, Message } from '../alert.ts';
import type { Channel } from './channel.ts';
import { judgeHttp } from './judge-http.ts';
import { countLine, cut, headline, worst } from './words.ts';

const MARKS = {
  critical: ':red_circle:',
  warning: ':large_orange_circle:',
  info: ':large_blue_circle:',
} as const;
const DONE = ':white_check_mark:';
/** Slack takes 3000 characters in a section; `&` may become five of them. */
const LONGEST_SECTION = 3000;
const LONGEST_TEXT = 500;

/** An incoming webhook of Slack, or of what takes the same messages. */
export const slack: Channel<'slack'> = {
  type: 'slack',
  title: 'Slack',
  digests: true,
  // It takes about one message a second.
  paceMs: 1100,
  pausesMs: [10_000, 30_000, 60_000, 300_000, 900_000],
  references: ({ url }) => ({ url }),
  compose: (messages, { secrets: { url = '' }, source }) => {
    const [only, ...more] = messages;
    const body = only && more.length === 0 ? single(only, source) : digest(messages, source);
    return { kind: 'post', url, headers: {}, body: JSON.stringify(body) };
  },
  judge: judgeHttp,
};

function single(message: Message, source: string): object {
  const { alert, change } = message;
  const mark = change === 'resolve' ? DONE : MARKS[alert.severity];
  const told = change === 'resolve' ? '' : `\n${plain(alert.detail)}\n${plain(alert.runbook)}`;
  return {
    text: `${mark} ${plain(headline(message))}`,
    blocks: [section(`${mark} *${plain(headline(message))}*${told}`), context(alert, source)],
  };
}

function digest(messages: readonly Message[], source: string): object {
  const title = `${MARKS[worst(messages)]} *${countLine(messages)}* on ${plain(source)}`;
  const lines = messages.map((message) => {
    const mark = message.change === 'resolve' ? DONE : MARKS[message.alert.severity];
    return section(`${mark} ${plain(headline(message))}`);
  });
  return { text: title, blocks: [section(title), ...lines] };
}

function section(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, LONGEST_SECTION) } };
}

function context({ severity, rule, firedAt }: Alert, source: string): object {
  const since = new Date(firedAt).toISOString().slice(0, 19).replace('T', ' ');
  const text = `${severity} · ${rule} · since ${since} UTC · ${plain(source)}`;
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

/** What a server says must not become a mention of everybody. */
function plain(text: string): string {
  return cut(text, LONGEST_TEXT).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
