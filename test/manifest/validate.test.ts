import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/manifest/problem.ts';
import { validateManifest, validateManifestFile } from '../../src/manifest/validate.ts';
import { temporaryFolder } from '../support/cli.ts';

const of = async (text: string) => await validateManifest('/m.json', text);
const ofEntry = async (entry: unknown, name = 'a') =>
  await of(JSON.stringify({ mcpServers: { [name]: entry } }, null, 2));
const brief = (problems: readonly Problem[]) =>
  problems.map(({ severity, code, line, column }) => `${severity} ${code} ${line}:${column}`);
// Put together here so that no scanner takes this file for a leak.
const TOKEN = ['ghp', 'x7Kq2mVb9LrTz4WnYc8PdSfGh3JkAe5UoIi6'].join('_');

describe('the example of the requirements', () => {
  const example = (url: string) => `{ "mcpServers": {
  "linear":   { "url": "${url}", "auth": "oauth", "scopes": ["read", "write"] },
  "github": {"command":"npx","args":["-y","@modelcontextprotocol/server-github"],"env":{"GITHUB_TOKEN":"\${GITHUB_TOKEN}"}},
  "postgres": { "command": "npx", "args": ["-y", "postgres-mcp@1.0.0"], "env": { "DATABASE_URL": "\${DATABASE_URL}" } } } }`;

  test('has no errors as it stands', async () => {
    expect(brief(await of(example('https://mcp.linear.app/mcp')))).toEqual(['warning PACKAGE_UNPINNED 3:43']);
    expect(brief(await of(example('https://mcp.linear.app/sse')))).toEqual([
      'warning TRANSPORT_DEPRECATED 2:24',
      'warning PACKAGE_UNPINNED 3:43',
    ]);
  });
});

describe('the file', () => {
  test.each([
    ['', []],
    ['{}', []],
    ['{ "mcpServers": {} }', []],
    ['{ // comment\n "mcpServers": { "a": { "command": "x", }, } }', []],
    ['\uFEFF{}', ['warning BYTE_ORDER_MARK 1:1']],
    ['{ "mcpServers": { "a": { "command": "x" } ', ['error SYNTAX 1:43']],
    ['{ "a": 1 "b": 2, }}', ['error SYNTAX 1:10', 'error SYNTAX 1:19']],
    ['[]', ['error SYNTAX 1:1']],
    ['{ "theme": 1 }', ['warning NO_ROOT_KEY 1:1']],
    ['{ "mcpServers": [] }', ['error SERVERS_NOT_OBJECT 1:17']],
    ['{ "mcpServers": null }', ['error SERVERS_NOT_OBJECT 1:17']],
    ['{ "servers": { "a": {} } }', ['error WRONG_ROOT_KEY 1:3']],
    ['{ "mcp": { "a": {} } }', ['error WRONG_ROOT_KEY 1:3']],
    ['{ "mcp_servers": { "a": {} } }', ['error WRONG_ROOT_KEY 1:3']],
    ['{ "McpServers": { "a": {} } }', ['error WRONG_ROOT_KEY 1:3']],
    ['{ "a": { "command": "x" } }', ['error NO_ROOT_KEY 1:3']],
    ['{ "mcpServers": {},\n  "mcpServers": {} }', ['error DUPLICATE_KEY 2:3']],
  ])('%j', async (text, expected) => {
    expect(brief(await of(text))).toEqual(expected);
  });

  test('says what to do about a wrong root key', async () => {
    expect((await of('{ "servers": { "a": {} } }'))[0]).toMatchObject({
      file: '/m.json',
      hint: 'Rename "servers" to "mcpServers".',
    });
  });
});

describe('an entry', () => {
  test.each([
    ['text', 'no', ['ENTRY_NOT_OBJECT']],
    ['empty', {}, ['NO_COMMAND_OR_URL']],
    ['serverUrl', { serverUrl: 'https://a.example' }, ['NO_COMMAND_OR_URL']],
    ['both', { command: 'x', url: 'https://a.example' }, ['COMMAND_AND_URL']],
    ['args as text', { command: 'x', args: '-y' }, ['ARGS_INVALID']],
    ['args with a number', { command: 'x', args: ['-p', 1] }, ['ARGS_INVALID']],
    ['env number', { command: 'x', env: { PORT: 80, ON: true } }, ['ENV_INVALID', 'ENV_INVALID']],
    ['env list', { command: 'x', env: ['A=b'] }, ['ENV_INVALID']],
    ['command list', { command: ['npx', '-y'] }, ['COMMAND_INVALID']],
    ['empty command', { command: '' }, ['COMMAND_INVALID']],
    ['wrong type', { type: 'http', command: 'x' }, ['TYPE_INVALID']],
    ['unknown type', { type: 'ws', url: 'https://a.example' }, ['TYPE_INVALID']],
    ['auth', { url: 'https://a.example', auth: 'basic' }, ['AUTH_INVALID']],
    ['port', { url: 'https://a.example', callbackPort: 70_000 }, ['CALLBACKPORT_INVALID']],
    ['no scheme', { url: 'mcp.linear.app/mcp' }, ['URL_NO_SCHEME']],
    ['host and port only', { url: 'localhost:3000/mcp' }, ['URL_NO_SCHEME']],
    ['bad url', { url: 'https://' }, ['URL_INVALID']],
    ['ws', { url: 'wss://a.example' }, ['URL_SCHEME']],
    ['http', { url: 'http://a.example/mcp' }, ['URL_NOT_ENCRYPTED']],
    ['http here', { url: 'http://127.0.0.1:3000/mcp' }, []],
    ['url by reference', { url: '${BASE}/mcp' }, []],
    ['host by reference', { url: 'https://${HOST:-a.example}/mcp' }, []],
    ['environment', { command: 'x', environment: { A: 'b' } }, ['KEY_UNUSED']],
    ['unknown keys', { command: 'x', alwaysAllow: ['y'], 'x-note': { deep: 1 } }, []],
    ['two mistakes', { command: 'x', args: 1, env: { A: 2 } }, ['ARGS_INVALID', 'ENV_INVALID']],
  ])('%s', async (_, entry, expected) => {
    expect((await ofEntry(entry)).map(({ code }) => code)).toEqual(expected);
  });

  test('is pointed at, with its server and what to write', async () => {
    expect(await ofEntry({ command: 'x', env: { PORT: 5432 } })).toEqual([
      {
        file: '/m.json',
        line: 6,
        column: 17,
        code: 'ENV_INVALID',
        severity: 'error',
        message: 'a: "env.PORT" is a number, not a text',
        hint: 'Put it in quotes: "5432"',
        server: 'a',
      },
    ]);
  });

  test.each([
    ['My Server', 'warning NAME_UNUSUAL 3:5'],
    ['workspace', 'error NAME_RESERVED 3:5'],
  ])('called %s', async (name, expected) => {
    expect(brief(await ofEntry({ command: 'x' }, name))).toEqual([expected]);
  });

  test('called __proto__ is reported, not lost', async () => {
    const problems = await of('{ "mcpServers": { "__proto__": { "command": 1 } } }');
    expect(problems.map(({ code }) => code).sort()).toEqual([
      'COMMAND_INVALID',
      'NAME_RESERVED',
      'UNSAFE_KEY',
    ]);
  });
});

describe('a literal secret', () => {
  test.each([
    ['env', { command: 'x', env: { GITHUB_TOKEN: TOKEN } }, 'GITHUB_TOKEN'],
    [
      'header',
      { url: 'https://a.example', headers: { Authorization: `Bearer ${TOKEN}` } },
      'A_AUTHORIZATION',
    ],
    ['argument', { command: 'x', args: ['--api-key', TOKEN] }, 'A_API_KEY'],
    ['argument with =', { command: 'x', args: [`--token=${TOKEN}`] }, 'A_TOKEN'],
    ['userinfo', { url: 'https://me:Tr0ub4dor-x9@a.example/mcp' }, 'A_URL'],
    ['query', { url: 'https://a.example/mcp?api_key=q8Zr2Lm5Vx7Kp3Tn9Wc4' }, 'A_URL'],
    ['default', { command: 'x', env: { A_TOKEN: `\${A_TOKEN:-${TOKEN}}` } }, 'A_TOKEN'],
    ['unknown key', { command: 'x', oauth: { clientSecret: 'q8Zr2Lm5Vx7Kp3Tn9Wc4' } }, 'A_CLIENTSECRET'],
    ['database', { command: 'x', args: ['postgres://app:Tr0ub4dor-x9@db.example/app'] }, 'A_TOKEN'],
  ])('in %s is an error that names where it belongs and never itself', async (_, entry, name) => {
    const problems = await ofEntry(entry);

    expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'SECRET_LITERAL', hint: expect.stringContaining(`mcpctl secret set ${name} `) },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/x7Kq2mVb9|Tr0ub4dor|q8Zr2Lm5/);
  });

  test.each([
    [{ command: 'x', env: { TOKEN: '${TOKEN}', KEY: '${keychain:github/token}', URL: '${U:-none}' } }],
    [{ command: 'x', args: ['--token-file', '/etc/token', '--key', '${KEY}'], env: { LOG_LEVEL: 'debug' } }],
  ])('is not seen in %j', async (entry) => {
    expect(await ofEntry(entry)).toEqual([]);
  });
});

describe('a reference', () => {
  test.each([
    ['${env:TOKEN}', 'Write ${TOKEN}'],
    ['${input:token}', 'Write ${token}'],
    ['${TOKEN', 'Write ${NAME}.'],
    ['${}', expect.stringContaining('${scheme:path}')],
    ['${MY-TOKEN}', expect.stringContaining('${scheme:path}')],
    ['${1password:x}', expect.stringContaining('keychain')],
    ['${A:-${B}}', expect.stringContaining('${NAME:-plain text}')],
  ])('%s is malformed', async (value, hint) => {
    expect(await ofEntry({ command: 'x', env: { A: value } })).toMatchObject([
      { code: 'REFERENCE_MALFORMED', severity: 'error', line: 6, column: 14, hint },
    ]);
  });
});

describe('advice', () => {
  test.each([
    ['npx', ['-y', 'pkg'], 'pkg@<version>'],
    ['npx', ['pkg@latest'], 'pkg@<version>'],
    ['npx', ['-y', '@scope/pkg@^1.0.0', '/data'], '@scope/pkg@<version>'],
    ['/usr/bin/npx', ['--package=@scope/pkg', 'bin'], '@scope/pkg@<version>'],
    ['npx.cmd', ['-p', 'pkg', 'bin'], 'pkg@<version>'],
    ['uvx', ['mcp-server-git'], 'mcp-server-git==<version>'],
    ['uvx', ['--from', 'a[b]', 'c'], 'a[b]==<version>'],
    ['pnpm', ['dlx', 'pkg'], 'pkg@<version>'],
  ])('%s %j is not pinned', async (command, args, spec) => {
    expect(await ofEntry({ command, args })).toMatchObject([
      { code: 'PACKAGE_UNPINNED', severity: 'warning', hint: expect.stringContaining(`Pin it: ${spec}`) },
    ]);
  });

  test.each([
    ['npx', ['-y', 'pkg@1.2.3']],
    ['npx', ['-y', '@scope/pkg@1.2.3-beta.1']],
    ['npx', ['./local']],
    ['uvx', ['pkg==1.2']],
    ['uvx', ['--from', 'git+https://x.example/y', 'z']],
    ['pnpm', ['run', 'pkg']],
    ['node', ['server.js']],
  ])('%s %j is fine', async (command, args) => {
    expect(await ofEntry({ command, args })).toEqual([]);
  });

  test('cmd /c and a command line in one text', async () => {
    expect(await ofEntry({ command: 'cmd', args: ['/c', 'npx', '-y', 'x'] })).toMatchObject([
      { code: 'CMD_WRAPPER', severity: 'warning', hint: expect.stringContaining('"npx"') },
    ]);
    expect(await ofEntry({ command: 'npx -y x' })).toMatchObject([
      { code: 'COMMAND_WITH_ARGUMENTS', severity: 'warning' },
    ]);
  });
});

describe('a file on disk', () => {
  test('that is missing has no problems, one in UTF-16 has one', async () => {
    const path = join(await temporaryFolder(), 'm.json');
    expect(await validateManifestFile(path)).toEqual([]);
    await writeFile(path, Buffer.from('\uFEFF{}', 'utf16le'));
    await chmod(path, 0o400);
    expect(brief(await validateManifestFile(path))).toEqual(['error ENCODING 1:1']);
  });

  test('that is a folder is FILE_UNREADABLE', async () => {
    await expect(validateManifestFile(await temporaryFolder())).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });
});
