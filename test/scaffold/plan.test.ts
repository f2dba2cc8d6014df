import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ACCESSES } from '../../src/scaffold/access.ts';
import { type Answers, LICENCES, TRANSPORTS } from '../../src/scaffold/answers.ts';
import { LANGUAGES } from '../../src/scaffold/languages.ts';
import { planFiles } from '../../src/scaffold/plan.ts';
import { readTemplate } from '../../src/scaffold/template.ts';
import { VARIANTS } from '../../src/scaffold/variants.ts';
import { TEMPLATES } from '../support/new-server.ts';
import { SAMPLE_ANSWERS, SAMPLE_API } from '../support/scaffolds.ts';

async function plan(changes: Partial<Answers> = {}): Promise<Map<string, string>> {
  const answers = { ...SAMPLE_ANSWERS, ...changes };
  const files = planFiles(await readTemplate(TEMPLATES, answers), answers);
  return new Map(files.map(({ path, text }) => [path, text]));
}

const EVERY = LANGUAGES.flatMap(({ id: language }) =>
  VARIANTS.flatMap(({ id: wraps }) =>
    ACCESSES.flatMap(({ id: access }) =>
      TRANSPORTS.map((transport) => ({ language, wraps, access, transport })),
    ),
  ),
);

/** Files that name mcpctl: the test of the new server that runs it where it is installed, and what tells of it. */
const TESTED_BY_MCPCTL = /^(README\.md|test\/mcpctl(\.test)?\.ts|tests\/(test_)?mcpctl\.py|mcp-tests\.yaml)$/;

test.each(EVERY)(
  '$language, $wraps, $access, $transport: nothing of the template or of its maker is left',
  async (answers) => {
    const api = answers.wraps === 'openapi' ? SAMPLE_API : undefined;
    const files = await plan({ ...answers, api, apiUrl: 'https://api.mine.example/v3' });

    for (const [path, text] of files) {
      expect(`${path}\n${text}`).not.toMatch(
        /example[-_]server|Example server|An example MCP|io\.github\.example|Example author/,
      );
      expect(`${path}\n${text}`).not.toMatch(/scaffold|(?<!\$)\{\{|\.template\b/i);
      if (!TESTED_BY_MCPCTL.test(path)) expect(`${path}\n${text}`).not.toMatch(/mcpctl/i);
      expect(text, path).toMatch(/^$|[^\n]\n$/);
    }
  },
);

test.each(EVERY)('$language, $wraps, $access, $transport: every document is whole', async (answers) => {
  const files = await plan({ ...answers, ...(answers.wraps === 'openapi' && { api: SAMPLE_API }) });

  for (const [path, text] of files) {
    if (path.endsWith('.json')) expect(() => JSON.parse(text), path).not.toThrow();
    if (/\.ya?ml$/.test(path)) expect(() => parse(text), path).not.toThrow();
  }
  const { dependencies, devDependencies } = JSON.parse(files.get('package.json') ?? '{}');
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(files.has('package.json')).toBe(answers.language === 'typescript');
  expect(files.has('pyproject.toml')).toBe(answers.language === 'python');
  expect([...files.keys()]).toEqual(
    expect.arrayContaining([
      '.github/workflows/ci.yml',
      '.gitignore',
      '.env.example',
      'Dockerfile',
      'LICENSE',
      'README.md',
    ]),
  );
});

test('package, registry entry, image and bundle carry the same names', async () => {
  const files = await plan();
  const read = (path: string) => JSON.parse(files.get(path) ?? '');

  expect(read('package.json')).toMatchObject({
    name: 'weather',
    mcpName: 'io.github.ada/weather',
    author: 'Ada Lovelace',
  });
  expect(read('server.json')).toMatchObject({
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: 'io.github.ada/weather',
    packages: [{ identifier: 'weather', transport: { type: 'stdio' } }],
  });
  expect(read('manifest.json')).toMatchObject({ name: 'weather', display_name: 'The weather' });
  expect(files.get('Dockerfile')).toContain('server.name="io.github.ada/weather"');
  expect(files.get('LICENSE')).toContain('Copyright (c) 2031 Ada Lovelace');
});

test('answers become defaults of the code and of what describes it', async () => {
  const files = await plan({ wraps: 'openapi', transport: 'http', api: SAMPLE_API, apiUrl: SAMPLE_API.url });

  expect(files.get('src/config.ts')).toContain("MCP_TRANSPORT: z.enum(['stdio', 'http']).default('http')");
  expect(files.get('src/settings.ts')).toContain(".default('https://pets.example/v2')");
  expect(files.get('src/settings.ts')).toContain(".default('header:X-Key')");
  expect(files.get('.env.example')).toContain('# MCP_TRANSPORT=http');
  expect(files.get('.env.example')).toContain('# API_BASE_URL=https://pets.example/v2');
  expect(files.get('README.md')).toContain("| `list_pets` | `GET /pets` | List \\| \\`pets\\`' |");
});

test('what people write stays inside its quotes', async () => {
  const title = `It's "mine" \\ \${process.exit(1)} $& </script>`;

  const files = await plan({ title, description: title, author: title });

  const line = files.get('src/server.ts')?.match(/title: ('.*'|".*") \}/)?.[1] ?? '';
  expect(new Function(`return ${line}`)()).toBe(title);
  expect(JSON.parse(files.get('package.json') ?? '')).toMatchObject({ description: title, author: title });
  expect(files.get('LICENSE')).toContain(title);
});

test.each(LICENCES)('licence %s', async (licence) => {
  const files = await plan({ licence });

  expect(JSON.parse(files.get('package.json') ?? '').license).toBe(licence);
  expect(files.has('LICENSE')).toBe(licence !== 'UNLICENSED');
});

test.each([
  [{ name: 'Weather' }, 'SERVER_NAME_INVALID'],
  [{ name: '1weather' }, 'SERVER_NAME_INVALID'],
  [{ name: 'weather-' }, 'SERVER_NAME_INVALID'],
  [{ name: 'a--b' }, 'SERVER_NAME_INVALID'],
  [{ name: '../weather' }, 'SERVER_NAME_INVALID'],
  [{ namespace: 'ada' }, 'USAGE'],
  [{ namespace: 'io.github.ada/x' }, 'USAGE'],
  [{ description: '' }, 'USAGE'],
  [{ description: 'x'.repeat(101) }, 'USAGE'],
  [{ title: 'two\nlines' }, 'USAGE'],
  [{ author: 'hidden\u202e' }, 'USAGE'],
  [{ program: '--evil' }, 'USAGE'],
  [{ program: 'two words' }, 'USAGE'],
  [{ apiUrl: 'ftp://api.example.com' }, 'USAGE'],
  [{ apiUrl: 'https://user:password@api.example.com' }, 'USAGE'],
] as const)('refuses %j', async (changes, code) => {
  await expect(plan(changes)).rejects.toMatchObject({ code });
});
