import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './cli.ts';

export interface FixturePackage {
  readonly name: string;
  readonly version: string;
  /** Further keys of package.json. */
  readonly manifest?: Record<string, unknown>;
  /** Path → content, beside package.json. */
  readonly files: Record<string, string>;
  /** Sent instead of the tarball's own hash. */
  readonly integrity?: string;
}

export interface FixtureRegistry {
  readonly url: string;
  /** Paths that were asked for, tarballs included. */
  readonly requests: readonly string[];
}

/** A small npm registry on loopback, strict about what it is asked: anything unknown is a 404. */
export async function npmRegistry(packages: readonly FixturePackage[]): Promise<FixtureRegistry> {
  const requests: string[] = [];
  const answers = new Map<string, { type: string; body: Buffer | (() => string) }>();
  let url = '';
  for (const fixture of packages) {
    const tarball = await pack(fixture);
    const path = `/${fixture.name}/-/${fixture.version}.tgz`;
    answers.set(path, { type: 'application/octet-stream', body: tarball });
    const integrity = fixture.integrity ?? `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const { scripts } = (fixture.manifest ?? {}) as { scripts?: Record<string, string> };
    const version = {
      name: fixture.name,
      version: fixture.version,
      ...fixture.manifest,
      ...(scripts?.postinstall && { hasInstallScript: true }),
    };
    answers.set(`/${fixture.name}`, {
      type: 'application/json',
      body: () =>
        JSON.stringify({
          name: fixture.name,
          'dist-tags': { latest: fixture.version },
          versions: { [fixture.version]: { ...version, dist: { integrity, tarball: `${url}${path}` } } },
        }),
    });
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    requests.push(path);
    const answer = request.method === 'GET' ? answers.get(path) : undefined;
    response.writeHead(answer ? 200 : 404, { 'content-type': answer?.type ?? 'application/json' });
    response.end(answer ? (typeof answer.body === 'function' ? answer.body() : answer.body) : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests };
}

async function pack({ name, version, manifest, files }: FixturePackage): Promise<Buffer> {
  const folder = await temporaryFolder();
  const all = { 'package.json': JSON.stringify({ name, version, ...manifest }), ...files };
  for (const [path, content] of Object.entries(all)) {
    const target = join(folder, 'package', path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  return execFileSync('tar', ['-cz', '-C', folder, 'package']);
}
