import { expect, test } from 'vitest';
import { findInCatalog, goneFromCatalog, suggestFromCatalog } from '../../src/catalog/find.ts';

test.each([
  // What the entry is called.
  ['linear', 'linear', { by: 'slug', transport: 'remote' }],
  ['Linear', 'linear', { by: 'slug' }],
  ['app.linear/linear', 'linear', { by: 'name' }],
  ['io.github.GitHub/github-mcp-server', 'github', { by: 'name' }],
  ['google cloud', 'google-cloud', { by: 'slug' }],
  ['k8s', 'kubernetes', { by: 'alias' }],
  ['openshift', 'kubernetes', {}],
  ['gcp', 'google-cloud', { transport: 'npm' }],
  ['bigquery', 'google-cloud', { profile: 'bigquery', transport: 'bigquery' }],
  ['cloud-storage', 'google-cloud', { profile: 'storage', transport: 'storage' }],
  ['newrelic', 'new-relic', {}],
  ['valkey', 'redis', {}],
  ['atlas', 'mongodb', {}],
  ['elastic', 'elasticsearch', {}],
  ['brave', 'brave-search', {}],
  ['hcp-terraform', 'terraform', {}],
  // Products one server covers together.
  ['jira', 'atlassian', { reason: /hosted Atlassian server/, also: ['mcp-atlassian'] }],
  ['Confluence', 'atlassian', { reason: /hosted Atlassian server/ }],
  ['s3', 'aws', { reason: /one managed server/, transport: 'proxy' }],
  ['ec2', 'aws', {}],
  ['lambda', 'aws', {}],
  ['rds', 'aws', {}],
  // Names with several good answers.
  ['postgres', 'dbhub', { profile: 'postgresql', also: ['postgres-mcp', 'toolbox'], reason: /DBHub/ }],
  ['PostgreSQL', 'dbhub', { profile: 'postgresql' }],
  ['sqlite', 'dbhub', { profile: 'sqlite', reason: /archived/ }],
  ['puppeteer', 'chrome-devtools', { also: ['playwright'], reason: /Playwright/ }],
  // Names of older documents.
  ['@modelcontextprotocol/server-linear', 'linear', { reason: /No such npm package/ }],
  ['@modelcontextprotocol/server-github', 'github', { reason: /archived/ }],
  ['@modelcontextprotocol/server-github@2025.4.8', 'github', { reason: /archived/ }],
  ['@modelcontextprotocol/server-postgres', 'dbhub', { reason: /archived/, profile: 'postgresql' }],
  ['@modelcontextprotocol/server-puppeteer', 'chrome-devtools', { reason: /archived/ }],
  ['@modelcontextprotocol/server-slack', 'slack', { reason: /archived/ }],
  ['@modelcontextprotocol/server-gitlab', 'gitlab', { reason: /archived/ }],
  ['@modelcontextprotocol/server-redis', 'redis', { reason: /archived/ }],
  ['@modelcontextprotocol/server-brave-search', 'brave-search', { reason: /archived/ }],
  ['@modelcontextprotocol/server-jira', 'atlassian', { reason: /never was/ }],
  ['@modelcontextprotocol/server-confluence', 'atlassian', { reason: /never was/ }],
  ['@modelcontextprotocol/server-notion', 'notion', { reason: /never was/ }],
  ['@modelcontextprotocol/server-aws', 'aws', { reason: /never was/ }],
  ['@modelcontextprotocol/server-gcp', 'google-cloud', { reason: /never was/ }],
  ['@modelcontextprotocol/server-snowflake', 'snowflake', { reason: /never was/ }],
  ['@modelcontextprotocol/server-terraform', 'terraform', { reason: /never was/ }],
  ['@modelcontextprotocol/server-kubernetes', 'kubernetes', { reason: /never was/ }],
  ['@modelcontextprotocol/server-datadog', 'datadog', { reason: /never was/ }],
  ['@modelcontextprotocol/server-newrelic', 'new-relic', { reason: /never was/ }],
  ['@zencoderai/slack-mcp-server', 'slack', { reason: /stale/ }],
  ['@elastic/mcp-server-elasticsearch', 'elasticsearch', { reason: /deprecated/, transport: 'remote' }],
  ['@notionhq/notion-mcp-server', 'notion', { reason: /withdraw/, transport: 'remote' }],
  ['awslabs.aws-api-mcp-server', 'aws', { reason: /superseded/ }],
  ['linear-mcp-server', 'linear', { reason: /archived/ }],
  ['server-github', 'github', { reason: /archived/ }],
  ['server-postgres', 'dbhub', { reason: /archived/ }],
  ['server-puppeteer', 'chrome-devtools', { reason: /archived/ }],
  ['mcp-server-linear', 'linear', { reason: /No such npm package/ }],
  ['mcp-server-sentry', 'sentry', { reason: /archived/ }],
  ['mcp-server-sqlite', 'dbhub', { reason: /archived/ }],
  ['playwright-mcp', 'playwright', { reason: /No server is published as playwright-mcp/ }],
  ['https://mcp.linear.app/sse', 'linear', { transport: 'remote', reason: /deprecated/ }],
  // Packages as they are.
  ['@playwright/mcp', 'playwright', { by: 'package', transport: 'npm' }],
  ['@modelcontextprotocol/server-filesystem', 'filesystem', { by: 'package' }],
  ['server-filesystem', 'filesystem', { by: 'package' }],
  ['server-memory', 'memory', { by: 'package' }],
  ['mcp-server-git', 'git', { by: 'package' }],
  ['mcp-server-fetch', 'fetch', { by: 'package' }],
  ['@stripe/mcp', 'stripe', { transport: 'npm' }],
  ['ghcr.io/github/github-mcp-server', 'github', { transport: 'container' }],
  ['https://mcp.linear.app/mcp/readonly', 'linear', { by: 'package', transport: 'remote' }],
  ['postgres-mcp', 'dbhub', { alternative: 'postgres-mcp', transport: 'pypi' }],
  ['mcp-server-kubernetes', 'kubernetes', { alternative: 'kubectl-wrapper' }],
  ['@zereight/mcp-gitlab', 'gitlab', { alternative: 'gitlab-community', transport: 'npm' }],
] as [string, string, Expected][])('%s is %s', async (name, slug, expected) => {
  const match = await findInCatalog(name);

  expect(match?.entry.slug).toBe(slug);
  if (expected.by) expect(match?.by).toBe(expected.by);
  if (expected.transport) expect(match?.transport).toBe(expected.transport);
  expect(match?.alternative?.id).toBe(expected.alternative);
  if (expected.reason) expect(match?.reason).toMatch(expected.reason);
  if (expected.also) expect(match?.also).toEqual(expected.also);
  if (expected.profile) expect(match?.profile).toBe(expected.profile);
});

interface Expected {
  by?: string;
  transport?: string;
  alternative?: string;
  reason?: RegExp;
  also?: string[];
  profile?: string;
}

test('gives no reason where the name says what it is', async () => {
  for (const name of ['linear', 'k8s', '@playwright/mcp', 'server-filesystem', 'io.github.redis/mcp-redis']) {
    expect(await findInCatalog(name)).not.toHaveProperty('reason');
  }
});

test.each([
  'app.linear/linear-mcp',
  '@someone/server-github',
  'npm:linear',
  './linear',
  'nothing-like-it',
  '',
  'server-',
  '../linear',
])('does not know %j', async (name) => {
  expect(await findInCatalog(name)).toBeUndefined();
});

test.each([
  ['githup', 'github'],
  ['lineear', 'linear'],
  ['kuberntes', 'kubernetes'],
  ['server-githib', 'github'],
  ['stripe-payments', 'stripe'],
  ['sequential', 'sequential-thinking'],
])('suggests for %s: %s', async (name, slug) => {
  expect(await suggestFromCatalog(name)).toContain(slug);
});

test('suggests nothing for what resembles nothing', async () => {
  expect(await suggestFromCatalog('zzzzqqqq')).toEqual([]);
});

test('knows why a package is gone', () => {
  expect(goneFromCatalog('@pulumi/mcp-server')).toContain('Pulumi');
  expect(goneFromCatalog('linear')).toBeUndefined();
});
