import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/core/error-codes.ts';
import { McpctlError } from '../../src/core/errors.ts';
import { setServer } from '../../src/manifest/edit.ts';
import { type Manifest, readManifest } from '../../src/manifest/manifest.ts';
import { validateManifestFile } from '../../src/manifest/validate.ts';
import { createPaths } from '../../src/platform/paths.ts';
import { temporaryFolder } from '../support/cli.ts';
import { corrupt } from '../support/corrupt.ts';
import { createRandom } from '../support/random.ts';

const FIXTURE = `{
  // mine
  "theme": { "dark": true },
  "mcpServers": {
    "linear": { "url": "https://mcp.linear.app/mcp", "auth": "oauth", "scopes": ["read", "write"] },
    "github": {"command":"npx","args":["-y","github@1.0.0"],"env":{"GITHUB_TOKEN":"\${GITHUB_TOKEN}"}},
    /* last */
    "postgres": {
      "command": "npx",
      "args": ["-y", "postgres-mcp@1.0.0"],
      "env": { "DATABASE_URL": "\${DATABASE_URL}" },
      "x-note": [1, 2.50, null],
    }
  }
}
`;

/** What was answered, or the refusal, which must have a code. */
async function outcome<T>(work: Promise<T>, say: string): Promise<{ value?: T; code?: string }> {
  try {
    return { value: await work };
  } catch (error) {
    expect(error, say).toBeInstanceOf(McpctlError);
    const { code, message } = error as McpctlError;
    expect(Object.keys(ERROR_CODES), say).toContain(code);
    expect(code, `${say}\n${message}`).not.toBe('INTERNAL');
    return { code };
  }
}

test('500 random corruptions: never a crash, never a lost entry, always a code', {
  timeout: 180_000,
}, async () => {
  const home = await temporaryFolder();
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const path = paths.manifest;
  await mkdir(dirname(path), { recursive: true });
  const seen = { written: 0, refused: 0 };
  for (let seed = 1; seed <= 500; seed += 1) {
    const bytes = corrupt(FIXTURE, createRandom(seed));
    const say = `seed ${seed}\n${bytes.toString('utf8').slice(0, 900)}`;
    await writeFile(path, bytes);

    const problems = await validateManifestFile(path);
    const before = await outcome(readManifest(path, 'user'), say);
    const entry = { command: 'node', args: ['new.js'] };
    const edit = {
      path,
      paths,
      scope: 'user',
      name: 'new',
      entry,
      now: () => new Date(seed * 1000),
    } as const;
    const written = await outcome(setServer(edit), say);

    if (before.code)
      expect(
        problems.filter(({ severity }) => severity === 'error'),
        say,
      ).not.toEqual([]);
    for (const name of before.value?.broken.keys() ?? []) {
      expect(problems, say).toContainEqual(expect.objectContaining({ server: name, severity: 'error' }));
    }
    if (written.code) {
      seen.refused += 1;
      expect((await readFile(path)).equals(bytes), say).toBe(true);
      continue;
    }
    seen.written += 1;
    const after = await readManifest(path, 'user');
    expect(after.servers.get('new'), say).toEqual(entry);
    expect(withoutNew(after), say).toEqual(withoutNew(before.value as Manifest));
  }
  expect(Math.min(seen.written, seen.refused)).toBeGreaterThan(20);
});

function withoutNew({ servers, broken }: Manifest): unknown {
  return { servers: [...servers].filter(([name]) => name !== 'new'), broken: [...broken] };
}
