import { expect, test } from 'vitest';
import { type CatalogMatch, findInCatalog } from '../../src/catalog/find.ts';
import { chooseWay, fillBlanks, type WayOptions } from '../../src/catalog/way.ts';

test('only reads unless asked to write', async () => {
  expect(await way('linear')).toMatchObject({ url: 'https://mcp.linear.app/mcp/readonly', isReadOnly: true });
  expect(await way('linear', { write: true })).toMatchObject({ url: 'https://mcp.linear.app/mcp' });
  expect(await way('kubernetes')).toMatchObject({ args: ['--read-only'] });
  expect(await way('mongodb', { write: true })).toMatchObject({ args: [], isReadOnly: false });
  expect(await way('gitlab-mcp')).toMatchObject({ isReadOnly: false });
  expect(await way('@zereight/mcp-gitlab')).toMatchObject({ env: { GITLAB_PERMISSION_MODE: 'readonly' } });
});

test('carries a key in the header its vendor wants', async () => {
  expect((await way('github')).headers).toEqual({ Authorization: 'Bearer ${GITHUB_PERSONAL_ACCESS_TOKEN}' });
  expect((await way('sentry', { auth: 'api-key' })).headers).toEqual({
    Authorization: 'Sentry-Bearer ${SENTRY_ACCESS_TOKEN}',
  });
  expect((await way('elasticsearch')).headers).toEqual({ Authorization: 'ApiKey ${ES_API_KEY}' });
  expect((await way('new-relic', { auth: 'api-key' })).headers).toEqual({
    'api-key': '${NEW_RELIC_API_KEY}',
  });
  expect((await way('datadog', { auth: 'api-key' })).headers).toEqual({
    DD_API_KEY: '${DD_API_KEY}',
    DD_APPLICATION_KEY: '${DD_APPLICATION_KEY}',
  });
  expect((await way('linear')).headers).toEqual({});
});

test('leads to the way that takes the authentication asked for', async () => {
  expect(await way('atlassian')).toMatchObject({
    url: 'https://mcp.atlassian.com/v1/mcp/authv2',
    auth: 'oauth',
  });
  const token = await way('atlassian', { auth: 'api-key' });
  expect(token).toMatchObject({
    url: 'https://mcp.atlassian.com/v1/mcp',
    headers: { Authorization: 'Basic ${ATLASSIAN_BASIC_CREDENTIALS}' },
  });
  expect(namesOf(token)).toEqual(['ATLASSIAN_BASIC_CREDENTIALS']);
  expect(await way('atlassian', { transport: 'service-account' })).toMatchObject({
    auth: 'api-key',
    headers: { Authorization: 'Bearer ${ATLASSIAN_API_TOKEN}' },
  });
  expect(await way('notion', { auth: 'api-key' })).toMatchObject({
    transport: { kind: 'npm' },
    auth: 'api-key',
  });
});

test('asks only for what the chosen way reads', async () => {
  expect(namesOf(await way('linear'))).toEqual([]);
  expect(namesOf(await way('linear', { auth: 'api-key' }))).toEqual(['LINEAR_API_KEY']);
  expect(namesOf(await way('slack'))).toEqual(['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET']);
  expect(namesOf(await way('notion'))).toEqual([]);
  expect(namesOf(await way('postgres'))[0]).toBe('DSN');
  expect(namesOf(await way('postgres-mcp'))).toEqual(['DATABASE_URI']);
  expect((await way('datadog', { auth: 'api-key' })).variables.map(({ required }) => required)).toEqual([
    true,
    true,
  ]);
});

test('fills blanks in addresses and arguments, several folders included', async () => {
  const datadog = await way('datadog');
  expect(Object.keys(datadog.blanks)).toEqual(['site']);
  expect(fillBlanks(datadog, { site: ['datadoghq.eu'] })).toMatchObject({
    url: 'https://mcp.datadoghq.eu/v1/mcp',
    blanks: {},
  });

  expect(fillBlanks(await way('filesystem'), { folder: ['/a b', '/c'] }).args).toEqual(['/a b', '/c']);

  const aws = fillBlanks(await way('aws'), { region: ['eu-central-1'] });
  expect(aws.args).toContain('AWS_REGION=eu-central-1');
  expect(aws.args.at(-1)).toBe('--read-only');
});

test('leaves blanks nobody filled', async () => {
  const snowflake = fillBlanks(await way('snowflake'), { account: ['a-b'] });

  expect(snowflake.url).toMatch(/^https:\/\/a-b\.snowflakecomputing\.com\/.*\{database\}/);
  expect(Object.keys(snowflake.blanks)).toEqual(['database', 'schema', 'server']);
});

test('needs a key where the program runs here, though the hosted server signs in', async () => {
  const local = await way('sentry', { transport: 'npm' });

  expect(local.auth).toBe('api-key');
  expect(local.variables[0]).toMatchObject({ name: 'SENTRY_ACCESS_TOKEN', required: true });
  expect((await way('sentry')).auth).toBe('oauth');
  expect((await way('https://knowledge-mcp.global.api.aws')).auth).toBe('none');
});

test('calls first what the chosen way has', async () => {
  expect((await way('notion')).firstCall?.tool).toBe('notion-get-users');
  expect((await way('notion', { transport: 'npm' })).firstCall?.tool).toBe('API-get-self');
  expect((await way('bigquery')).firstCall?.tool).toBeUndefined();
  expect((await way('cloud-storage')).firstCall?.tool).toBe('list_buckets');
  expect((await way('@tacticlaunch/mcp-linear')).firstCall).toBeUndefined();
});

test('knows no way of a foreign name', async () => {
  expect(chooseWay((await findInCatalog('linear')) as CatalogMatch, { transport: 'oci' })).toBeUndefined();
});

async function way(name: string, options: WayOptions = {}) {
  const match = await findInCatalog(name);
  const chosen = match && chooseWay(match, options);
  if (!chosen) throw new Error(`no way to ${name}`);
  return chosen;
}

function namesOf({ variables }: { variables: readonly { name: string }[] }): string[] {
  return variables.map(({ name }) => name);
}
