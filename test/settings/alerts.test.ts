import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from '../../src/settings/read.ts';
import { validateSettings } from '../../src/settings/validate.ts';
import { emptyHome, mcpctl, mcpctlJson, temporaryFolder } from '../support/cli.ts';

const WEBHOOK = ['https://hooks.slack.com/services', 'T01', 'B02', 'abcdefghijklmnopqrstuvwx'].join('/');
const KEY = '0123456789abcdef0123456789abcdef';

async function problemsOf(channel: object): Promise<string[]> {
  const text = JSON.stringify({ alerts: { channels: { ops: channel } } });
  return (await validateSettings('config.json', text)).problems.map(({ message }) => message);
}

test.each([
  { type: 'slack', url: '${keychain:SLACK_WEBHOOK}', atLeast: 'warning' },
  { type: 'slack', url: '${SLACK_WEBHOOK}' },
  { type: 'pagerduty', routingKey: '${vault:secret/ops/pagerduty#key}', region: 'eu' },
  { type: 'webhook', url: '${ALERT_URL}', secret: '${ALERT_KEY}' },
  { type: 'desktop' },
  { type: 'command', command: ['/usr/local/bin/page', '--loud'] },
])('takes the channel %j', async (channel) => {
  expect(await problemsOf(channel)).toEqual([]);
});

test.each([
  [
    { type: 'slack', url: WEBHOOK },
    'mcpctl secret set SLACK_WEBHOOK keeps it, ${keychain:SLACK_WEBHOOK} refers to it',
  ],
  [{ type: 'slack', url: `\${NAME:-${WEBHOOK}}` }, 'must be a reference'],
  [{ type: 'slack', url: `${WEBHOOK}\${NAME}` }, 'must be a reference'],
  [{ type: 'pagerduty', routingKey: KEY }, 'mcpctl secret set PAGERDUTY_KEY keeps it'],
  [{ type: 'webhook', url: '${A}', secret: 'sesame-open-the-door' }, 'mcpctl secret set ALERT_WEBHOOK_KEY'],
  [{ type: 'command', command: ['page', '${keychain:TOKEN}'] }, 'must hold no reference'],
  [{ type: 'command', command: [] }, 'alerts.channels.ops.command'],
  [{ type: 'pigeon' }, 'alerts.channels.ops.type'],
])('refuses the channel %j and says why, without the secret', async (channel, told) => {
  const problems = await problemsOf(channel);

  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(told);
  for (const secret of [WEBHOOK, KEY, 'sesame']) expect(problems[0]).not.toContain(secret);
});

test('a project tells nobody and runs no program', async () => {
  const [home, project] = [await temporaryFolder(), await temporaryFolder()];
  const evil = { alerts: { channels: { ops: { type: 'command', command: ['evil'] } } } };
  await writeFile(join(project, '.mcpctlrc.json'), JSON.stringify(evil));
  await writeFile(join(project, 'package.json'), '{}');
  await mkdir(join(home, 'settings'));
  await writeFile(join(home, 'settings/config.json'), '{"alerts":{"limits":{"p95Ms":100}}}');

  const { settings } = await readSettings({
    paths: { settings: join(home, 'settings'), home },
    cwd: project,
  });

  expect(settings.alerts.channels).toEqual({});
  expect(settings.alerts.limits).toMatchObject({ p95Ms: 100, errorRatio: 0.05 });
});

test('config set takes a channel with a reference, and repeats no secret', async () => {
  const machine = await emptyHome();
  const slack = (url: string): string[] => [
    'config',
    'set',
    'alerts.channels.ops',
    JSON.stringify({ type: 'slack', url }),
  ];

  const taken = await mcpctl(slack('${keychain:SLACK_WEBHOOK}'), machine);
  const refused = await mcpctlJson(slack(WEBHOOK), machine);
  const bare = await mcpctlJson(['config', 'set', 'alerts.channels.ops.url', WEBHOOK], machine);

  expect(taken.status).toBe(0);
  for (const { stdout, stderr, document } of [refused, bare]) {
    expect(document.error?.code).toBe('SECRET_ON_COMMAND_LINE');
    expect(stdout + stderr).not.toContain('abcdefghijklmnopqrstuvwx');
  }
});
