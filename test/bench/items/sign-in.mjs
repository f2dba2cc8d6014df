// From `add` of a server one signs in to, with a browser that answers by itself, to the first call of its tool.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { detailOf, elapsed, interleave } from '../measure.mjs';

export const name = 'sign-in';
export const needs = ['auth'];

const root = fileURLToPath(new URL('../../..', import.meta.url));
const BROWSER = join(root, 'test/fixtures/oauth/fetch-browser.mjs');

export async function run({ env, folder, manifest, mcpctl, onClose }, { rounds }) {
  const { startAuthorizationServer, startProtectedServer, startSecretService } = await standIns();
  const issuer = await startAuthorizationServer();
  const server = await startProtectedServer({ issuers: [issuer.issuer], verify: issuer.verify });
  const service = await startSecretService();
  onClose(async () => {
    await Promise.all([server.close(), issuer.close(), service.stop()]);
  });
  const browser = join(folder, 'browser');
  await writeFile(browser, `#!/bin/sh\nexec '${process.execPath}' '${BROWSER}' "$@"\n`, { mode: 0o755 });
  const options = { env: { ...env, ...service.env, BROWSER: browser } };
  const signIn = async () => {
    await manifest({});
    const time = await elapsed(async () => {
      await mcpctl(['add', server.url, '--name', 'team', '--yes'], options);
      await mcpctl(['call', 'team', 'whoami'], options);
    });
    await mcpctl(['remove', 'team', '--yes'], options);
    return time;
  };
  const detail = detailOf(await interleave({ signIn }, rounds), 'ms');
  return [
    { what: 'add with a sign-in and a first call, seconds', value: detail.signIn / 1000, bar: 10, detail },
  ];
}

/** The tests' stand-ins, which are TypeScript. */
async function standIns() {
  const outfile = join(root, 'node_modules/.cache/mcpctl-bench/stand-ins.mjs');
  const files = ['oauth/authorization-server', 'oauth/protected-server', 'secret-service'];
  await build({
    stdin: {
      contents: files.map((file) => `export * from './test/support/${file}.ts';`).join('\n'),
      resolveDir: root,
    },
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return await import(pathToFileURL(outfile).href);
}
