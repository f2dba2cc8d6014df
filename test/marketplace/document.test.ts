import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parseServerDocument } from '../../src/marketplace/document.ts';
import { serverDocument } from '../support/registry.ts';

const NAME = 'io.github.owner/weather';
const STDIO = { type: 'stdio' };

test('takes the server.json of a new server as it is', async () => {
  const text = await readFile(
    new URL('../../templates/typescript/base/server.json', import.meta.url),
    'utf8',
  );

  expect(parseServerDocument(JSON.parse(text), 'it')).toEqual(JSON.parse(text));
});

test('keeps what the schema does not know, and of _meta what belongs to publishers', () => {
  const own = { tool: 'x' };
  const document = serverDocument(NAME, {
    postInstallInstructions: ['later'],
    _meta: {
      'io.modelcontextprotocol.registry/publisher-provided': own,
      'io.modelcontextprotocol.registry/official': { isLatest: true },
    },
  });

  const { _meta, postInstallInstructions } = parseServerDocument(document, 'it');

  expect(postInstallInstructions).toEqual(['later']);
  expect(_meta).toEqual({ 'io.modelcontextprotocol.registry/publisher-provided': own });
});

describe('refuses', () => {
  const npm = { registryType: 'npm', identifier: 'a', version: '1.0.0', transport: STDIO };
  test.each<[string, Record<string, unknown>, string]>([
    ['a name without a namespace', { name: 'weather' }, 'name'],
    ['a name of two slashes', { name: 'a.b/c/d' }, 'name'],
    ['a name that leads out of a folder', { name: '../..' }, 'name'],
    ['a namespace that leads out of a folder', { name: 'a..b/c' }, 'name'],
    ['a description of 101 characters', { description: 'x'.repeat(101) }, 'description'],
    ['no description', { description: '' }, 'description'],
    ['a range as version', { version: '^1.2.3' }, 'version'],
    ['latest as version', { version: 'latest' }, 'version'],
    ['a wildcard as version', { version: '1.x' }, 'version'],
    ['a version that leads out of a folder', { version: '../1.0.0' }, 'version'],
    ['a status of its own', { status: 'active' }, 'status'],
    ['a script as website', { websiteUrl: 'javascript:alert(1)' }, 'websiteUrl'],
    ['an icon that is not encrypted', { icons: [{ src: 'http://a.example/i.png' }] }, 'icons.0.src'],
    [
      'a bundle without its sum',
      { packages: [{ registryType: 'mcpb', identifier: 'https://a.example/x.mcpb', transport: STDIO }] },
      'packages.0.fileSha256',
    ],
    ['a sum in capitals', { packages: [{ ...npm, fileSha256: 'A'.repeat(64) }] }, 'packages.0.fileSha256'],
    [
      'a package without transport',
      { packages: [{ registryType: 'npm', identifier: 'a' }] },
      'packages.0.transport',
    ],
    ['a package of any version', { packages: [{ ...npm, version: '>=1.0.0' }] }, 'packages.0.version'],
    [
      'an argument without value',
      { packages: [{ ...npm, packageArguments: [{ type: 'positional' }] }] },
      'packages.0.packageArguments.0',
    ],
    ['a file as address', { remotes: [{ type: 'sse', url: 'file:///etc/passwd' }] }, 'remotes.0.url'],
    [
      'a folder above the repository',
      { repository: { url: 'https://a.example', source: 'git', subfolder: '../x' } },
      'repository.subfolder',
    ],
    [
      'too much of the publisher',
      { _meta: { 'io.modelcontextprotocol.registry/publisher-provided': { x: 'x'.repeat(4096) } } },
      '_meta',
    ],
  ])('%s', (_, but, place) => {
    expect(() => parseServerDocument(serverDocument(NAME, but), 'it')).toThrowError(
      expect.objectContaining({
        code: 'SERVER_JSON_INVALID',
        data: { problems: expect.arrayContaining([expect.stringMatching(new RegExp(`^${place}`))]) },
      }),
    );
  });

  test.each([[null], [[]], ['text'], [{}]])('%j', (value) => {
    expect(() => parseServerDocument(value, 'it')).toThrowError(
      expect.objectContaining({ code: 'SERVER_JSON_INVALID' }),
    );
  });
});
