import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { ACCESSES } from '../../src/scaffold/access.ts';
import type { Answers } from '../../src/scaffold/answers.ts';
import { planFiles } from '../../src/scaffold/plan.ts';
import { readTemplate } from '../../src/scaffold/template.ts';
import { VARIANTS } from '../../src/scaffold/variants.ts';
import { TEMPLATES } from '../support/new-server.ts';

const TITLE = `It's "mine" \\ {x} %s`;

const ANSWERS: Answers = {
  name: 'json',
  title: TITLE,
  description: TITLE,
  language: 'python',
  transport: 'http',
  wraps: 'nothing',
  access: 'none',
  licence: 'MIT',
  author: TITLE,
  namespace: 'io.github.ada',
  year: 2031,
};

const EVERY = VARIANTS.flatMap(({ id: wraps }) => ACCESSES.map(({ id: access }) => ({ wraps, access })));

async function plan(changes: Partial<Answers>): Promise<Map<string, string>> {
  const answers = { ...ANSWERS, ...changes };
  const files = planFiles(await readTemplate(TEMPLATES, answers), answers);
  return new Map(files.map(({ path, text }) => [path, text]));
}

/** Reads projects as Python does, without running them: their package, and what they import of themselves. */
const READER = `
import ast, json, sys, tomllib
def read(files):
    imports, title = [], None
    for path, text in files.items():
        if not path.endswith(".py"): continue
        package = path.removesuffix(".py").split("/")[:-1]
        for node in ast.walk(ast.parse(text, path, feature_version=(3, 11))):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = package[: len(package) - node.level + 1]
                imports.append("/".join([*base, *node.module.split(".")]))
            if isinstance(node, ast.ImportFrom) and not node.level and node.module.startswith("json_server"):
                imports.append("src/" + node.module.replace(".", "/"))
            if isinstance(node, ast.keyword) and node.arg == "title" and path.endswith("/server.py"):
                title = ast.literal_eval(node.value)
    return {"imports": imports, "title": title, "project": tomllib.loads(files["pyproject.toml"])}
print(json.dumps([read(files) for files in json.load(sys.stdin)]))
`;

interface Read {
  readonly imports: readonly string[];
  readonly title: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a pyproject.toml holds.
  readonly project: any;
}

let projects: readonly { readonly wraps: string; readonly files: Map<string, string>; readonly read: Read }[];

/** One Python for all of them. */
beforeAll(async () => {
  const planned = await Promise.all(
    EVERY.map(async (each) => ({ wraps: each.wraps, files: await plan(each) })),
  );
  const running = promisify(execFile)('python3', ['-c', READER], { maxBuffer: 50_000_000 });
  running.child.stdin?.end(JSON.stringify(planned.map(({ files }) => Object.fromEntries(files))));
  const read = JSON.parse((await running).stdout) as Read[];
  projects = planned.map((one, index) => ({ ...one, read: read[index] ?? expect.fail('too few') }));
});

test('every file of every kind is Python, and what it imports of its own is there', () => {
  for (const { files, read } of projects) {
    expect(read.imports.length).toBeGreaterThan(10);
    for (const path of read.imports)
      expect([...files.keys()]).toContainEqual(expect.toBeOneOf([`${path}.py`, `${path}/__init__.py`]));
  }
});

test('what people write stays inside its quotes', () => {
  for (const { read, files } of projects) {
    expect(read.title).toBe(TITLE);
    expect(read.project.project).toMatchObject({ description: TITLE, authors: [{ name: TITLE }] });
    expect(JSON.parse(files.get('manifest.json') ?? '').display_name).toBe(TITLE);
  }
});

test('the module is called so that it hides none of the library', () => {
  for (const { files, read } of projects) {
    expect(files.has('src/json_server/main.py')).toBe(true);
    expect(read.project.project).toMatchObject({
      name: 'json',
      scripts: { json: 'json_server.main:main' },
    });
    expect(read.project.tool.hatch.build.targets.wheel.packages).toEqual(['src/json_server']);
  }
});

test('every kind has the dependencies of its layers, each with a lower bound', () => {
  const needs: Record<string, string> = { rest: 'httpx2', openapi: 'jsonschema', postgres: 'psycopg' };
  for (const { wraps, read } of projects) {
    const all: string[] = [...read.project.project.dependencies, ...read.project['dependency-groups'].dev];
    for (const need of all) expect(need).toMatch(/^[a-z0-9-]+(\[[a-z]+\])?>=\d/);
    expect(all.join(' ')).toContain(needs[wraps] ?? 'mcp');
  }
});

test('package, registry entry, image and bundle carry the same names', async () => {
  const files = await plan({ name: 'weather', title: 'The weather' });
  const read = (path: string) => JSON.parse(files.get(path) ?? '');

  expect(read('server.json')).toMatchObject({
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: 'io.github.ada/weather',
    packages: [
      { registryType: 'pypi', identifier: 'weather', runtimeHint: 'uvx', transport: { type: 'stdio' } },
    ],
  });
  expect(read('manifest.json')).toMatchObject({
    manifest_version: '0.4',
    name: 'weather',
    server: {
      type: 'uv',
      entry_point: 'src/weather_server/main.py',
      mcp_config: {
        command: 'uv',
        args: ['run', '--directory', '${__dirname}', '--no-dev', 'weather', '--stdio'],
      },
    },
  });
  expect(files.get('README.md')).toContain('mcp-name: io.github.ada/weather');
  expect(files.get('Dockerfile')).toContain('server.name="io.github.ada/weather"');
  expect(files.get('src/weather_server/config.py')).toContain(
    'mcp_transport: Literal["stdio", "http"] = "http"',
  );
});

test('what nobody may publish says so', async () => {
  const files = await plan({ licence: 'UNLICENSED' });

  expect(files.get('pyproject.toml')).toContain('classifiers = ["Private :: Do Not Upload"]');
  expect(files.get('pyproject.toml')).not.toMatch(/^license/m);
});
