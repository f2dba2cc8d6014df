import { createHmac } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { configured } from '../../../src/watch/alerts/channels/all.ts';
import { channelContract, type Receiver, sendTo } from '../../support/alerts/channel-contract.ts';
import { message, NASTY } from '../../support/alerts/messages.ts';
import { PAGERDUTY_HOST, PAGERDUTY_KEY, startPagerDuty } from '../../support/alerts/pagerduty.ts';
import { bodyOf } from '../../support/alerts/scripted-answers.ts';
import { SLACK_HOST, SLACK_URL, startSlack } from '../../support/alerts/slack.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { serveHttp } from '../../support/http-server.ts';
import { startInternet } from '../../support/oauth/internet.ts';
import { NOON } from '../../support/observations.ts';

const PATH = process.env.PATH ?? '';

async function slackReceiver(): Promise<Receiver> {
  const slack = await startSlack();
  const { env } = await startInternet({ [SLACK_HOST]: slack.port });
  return {
    settings: { type: 'slack', url: '${SLACK_WEBHOOK}' },
    env: { ...env, SLACK_WEBHOOK: SLACK_URL },
    secrets: [SLACK_URL, SLACK_URL.slice(-24)],
    taken: async () => slack.messages.map((taken) => JSON.stringify(taken)),
    failOnce: () => slack.script({ status: 500, body: `oops ${SLACK_URL}` }),
  };
}

async function pagerDutyReceiver(host = PAGERDUTY_HOST): Promise<Receiver> {
  const pagerduty = await startPagerDuty();
  const { env } = await startInternet({ [host]: pagerduty.port });
  return {
    settings: {
      type: 'pagerduty',
      routingKey: '${PAGERDUTY_KEY}',
      ...(host !== PAGERDUTY_HOST && { region: 'eu' }),
    },
    env: { ...env, PAGERDUTY_KEY },
    secrets: [PAGERDUTY_KEY],
    taken: async () =>
      pagerduty.events.map((event) => event.payload?.summary ?? `${event.event_action} of github is down`),
    failOnce: () => pagerduty.script({ status: 502, body: PAGERDUTY_KEY }),
  };
}

const SIGNING = ['whsec', Buffer.from('a key nobody knows').toString('base64')].join('_');

async function webhookReceiver(): Promise<
  Receiver & { readonly requests: { readonly headers: IncomingHttpHeaders; readonly body: string }[] }
> {
  const requests: { headers: IncomingHttpHeaders; body: string }[] = [];
  let failures = 0;
  const { port } = await serveHttp(async (request, response) => {
    const body = await bodyOf(request);
    failures -= 1;
    if (failures >= 0) return void response.writeHead(503).end(request.url);
    requests.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
  const path = '/in/s3cret-path';
  return {
    requests,
    settings: { type: 'webhook', url: '${ALERT_URL}', secret: '${ALERT_KEY}' },
    env: { ALERT_URL: `http://127.0.0.1:${port}${path}`, ALERT_KEY: SIGNING },
    secrets: [`http://127.0.0.1:${port}${path}`, SIGNING],
    taken: async () => requests.map(({ body }) => body),
    failOnce: () => {
      failures = 1;
    },
  };
}

/** A program that notes its arguments and its input, one JSON line a run; it fails while `fail` exists. */
async function recorder(name: string): Promise<{ folder: string; log: string; fail: string }> {
  const folder = await temporaryFolder();
  const [log, fail, file] = [join(folder, 'log'), join(folder, 'fail'), join(folder, name)];
  await writeFile(log, '');
  await writeFile(
    file,
    `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, rmSync } = require('node:fs');
if (existsSync(${JSON.stringify(fail)})) {
  rmSync(${JSON.stringify(fail)});
  console.error('nobody is there');
  process.exit(3);
}
const input = readFileSync(0, 'utf8');
appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args: process.argv.slice(2), input }) + '\\n');
`,
  );
  await chmod(file, 0o755);
  return { folder, log, fail };
}

const linesOf = async (file: string): Promise<string[]> =>
  (await readFile(file, 'utf8')).split('\n').filter(Boolean);

async function commandReceiver(): Promise<Receiver> {
  const { folder, log, fail } = await recorder('page');
  return {
    settings: { type: 'command', command: [join(folder, 'page'), '--loud', 'two words'] },
    env: { PATH },
    secrets: [],
    taken: async () => await linesOf(log),
    failOnce: async () => await writeFile(fail, ''),
  };
}

async function desktopReceiver(): Promise<Receiver> {
  const { folder, log, fail } = await recorder('notify-send');
  return {
    settings: { type: 'desktop' },
    env: { PATH: folder },
    secrets: [],
    taken: async () => await linesOf(log),
    failOnce: async () => await writeFile(fail, ''),
  };
}

channelContract('Slack', slackReceiver, async () => void (await wait(1100)));
channelContract('PagerDuty', pagerDutyReceiver);
channelContract('a webhook', webhookReceiver);
channelContract('a program', commandReceiver);
channelContract('this desktop', desktopReceiver);

test('PagerDuty has another host in Europe', async () => {
  const europe = await pagerDutyReceiver('events.eu.pagerduty.com');

  expect(await sendTo(europe, [message('trigger')])).toMatchObject({ outcome: 'taken' });
});

test('a key that is no key of PagerDuty is not sent there', async () => {
  const given = await pagerDutyReceiver();
  const delivery = await sendTo({ ...given, env: { ...given.env, PAGERDUTY_KEY: 'hunter2-hunter2' } }, [
    message('trigger'),
  ]);

  expect(delivery).toMatchObject({ outcome: 'later', answer: expect.stringContaining('SECRET_UNSUITABLE') });
  expect(delivery.answer).not.toContain('hunter2');
  expect(await given.taken()).toEqual([]);
});

test('the address of a webhook that is none is not shown', async () => {
  const delivery = await sendTo(
    { ...(await webhookReceiver()), env: { ALERT_URL: 'hunter2 hunter2', ALERT_KEY: 'k' } },
    [message('trigger')],
  );

  expect(delivery.answer).toContain('SECRET_UNSUITABLE');
  expect(delivery.answer).not.toContain('hunter2');
});

test('a webhook is signed so that its receiver can check it, with the same id each time', async () => {
  const given = await webhookReceiver();
  await given.failOnce();
  await sendTo(given, [message('trigger')]);
  await sendTo(given, [message('trigger')]);

  const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = given.requests;
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = createHmac('sha256', 'a key nobody knows').update(signed).digest('base64');
  expect(headers).toMatchObject({
    'webhook-id': 'id-trigger',
    'webhook-timestamp': String(NOON / 1000),
    'webhook-signature': `v1,${expected}`,
    'content-type': 'application/json',
  });
  expect(JSON.parse(body)).toEqual({
    version: 1,
    source: 'build-7',
    alerts: [
      {
        status: 'firing',
        key: 'mcpctl:server-down:github',
        rule: 'server-down',
        subject: 'github',
        severity: 'critical',
        summary: 'github is down',
        detail: 'It ended with 1.',
        runbook: 'See why: mcpctl logs github.',
        firedAt: '2026-11-30T12:00:00.000Z',
      },
    ],
  });
});

test('a webhook to a private address is refused unless the settings allow it', async () => {
  const given = await webhookReceiver();
  const inside = { ...given, env: { ALERT_URL: 'https://10.1.2.3/hook', ALERT_KEY: 'k' } };

  expect((await sendTo(inside, [message('trigger')])).answer).toContain('ADDRESS_REFUSED');
});

test('a program gets its own arguments and the alert on its input, through no shell', async () => {
  const given = await commandReceiver();
  await sendTo(given, [message('trigger', { detail: NASTY })]);

  const [line = ''] = await given.taken();
  const { args, input } = JSON.parse(line) as { args: string[]; input: string };
  expect(args).toEqual(['--loud', 'two words']);
  expect(JSON.parse(input)).toMatchObject({ alerts: [{ status: 'firing', detail: NASTY }] });
});

test('a program that is not there is named', async () => {
  const delivery = await sendTo(
    { ...(await commandReceiver()), settings: { type: 'command', command: ['no-such-program'] } },
    [message('trigger')],
  );

  expect(delivery).toMatchObject({ outcome: 'later', answer: expect.stringContaining('no-such-program') });
});

test.each([
  ['linux', 'notify-send'],
  ['darwin', 'osascript'],
  ['win32', 'powershell.exe'],
] as const)(
  'on %s the desktop is told by %s, and no text becomes a part of a script',
  (platform, program) => {
    const { compose } = configured({ type: 'desktop' });
    const place = { secrets: {}, source: 'build-7', platform, now: NOON };
    const texts = { summary: '--title "x" & y', detail: '$(touch /tmp/owned) <b>' };
    const outgoing = compose([message('trigger', texts)], place);
    const other = compose([message('trigger')], place);

    if (outgoing.kind !== 'run' || other.kind !== 'run') throw new Error('no program');
    expect(outgoing.command).toBe(program);
    const end = outgoing.args.indexOf('--');
    const script = platform === 'win32' ? outgoing.args : outgoing.args.slice(0, end);
    expect(script).toEqual(platform === 'win32' ? other.args : other.args.slice(0, end));
    const said = platform === 'win32' ? outgoing.input : outgoing.args.slice(end).join('\n');
    expect(said).toContain('touch /tmp/owned');
  },
);

test('several changes are one notification', async () => {
  const given = await desktopReceiver();
  await sendTo(given, [message('trigger'), message('trigger', { severity: 'warning' }), message('resolve')]);

  const [line = ''] = await given.taken();
  expect((JSON.parse(line) as { args: string[] }).args.slice(0, 4)).toEqual([
    '--app-name=mcpctl',
    '--urgency=critical',
    '--',
    '2 alerts, 1 resolved',
  ]);
});
