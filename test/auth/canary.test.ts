import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { encodingsOf } from '../../src/core/secret-encodings.ts';
import { emptyHome, type Finished, type Home, MCPCTL, mcpctl, start } from '../support/cli.ts';
import { watchCommandLines } from '../support/command-lines.ts';
import { lineClient } from '../support/line-client.ts';
import { type AuthorizationServer, startAuthorizationServer } from '../support/oauth/authorization-server.ts';
import { fetchBrowser } from '../support/oauth/fetch-browser.ts';
import { startProtectedServer } from '../support/oauth/protected-server.ts';
import type { RecordedRequest } from '../support/oauth/record.ts';
import { startSecretService } from '../support/secret-service.ts';

const CLIENT_SECRET = 'own-app/secret+canary=93';

/** Signed out, with one server that wants a sign-in, by a client that registers itself or by an app of the user's own. */
async function place(client: 'registered' | 'own app') {
  const service = await startSecretService();
  onTestFinished(service.stop);
  const issuer = await startAuthorizationServer({
    lifetime: 4,
    clients: [
      {
        client_id: 'own-app',
        client_secret: CLIENT_SECRET,
        redirect_uris: ['http://127.0.0.1/callback'],
        application_type: 'native',
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
  });
  onTestFinished(issuer.close);
  const server = await startProtectedServer({ issuers: [issuer.issuer], verify: issuer.verify });
  onTestFinished(server.close);
  const browser = await fetchBrowser();
  const machine = await emptyHome({ ...service.env, BROWSER: browser.program });
  const own = client === 'own app' && { clientId: 'own-app', clientSecret: '${OWN_APP_SECRET}' };
  const entry = { url: server.url, auth: 'oauth', scopes: ['read', 'offline_access'], ...own };
  const manifest = join(machine.home, '.config/claude/claude_desktop_config.json');
  await mkdir(dirname(manifest), { recursive: true });
  await writeFile(manifest, JSON.stringify({ mcpServers: { demo: entry } }));
  return { issuer, server, machine };
}

/** Everything the authorization server gave or took that must stay between the two. */
function secretsOf(issuer: AuthorizationServer): string[] {
  const found = issuer.requests.flatMap(({ form, headers, answer }) => [
    ...['code', 'code_verifier', 'refresh_token', 'client_secret', 'token'].map((name) => form.get(name)),
    headers.authorization?.replace(/^\w+ /, ''),
    ...['access_token', 'refresh_token', 'client_secret', 'registration_access_token'].map(
      (name) => new RegExp(`"${name}": ?"([^"]+)"`).exec(answer?.body ?? '')?.[1],
    ),
    codeOf(answer),
  ]);
  return [...new Set(found.filter((value) => value))] as string[];
}

function codeOf(answer: RecordedRequest['answer']): string | null {
  const to = answer?.headers.location;
  return typeof to === 'string' && URL.canParse(to) ? new URL(to).searchParams.get('code') : null;
}

/** What of the secrets, in any encoding, whole or cut, occurs in the text. */
function hits(secrets: readonly string[], text: string): string[] {
  return secrets.filter((secret) =>
    encodingsOf(secret)
      .filter((form) => form.length > 15)
      .some((form) => text.includes(form.slice(0, Math.max(16, form.length / 2)))),
  );
}

async function filesOf(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** A client's session of some seconds, in which tokens expire. */
async function useForAWhile(machine: Home): Promise<Finished> {
  const client = lineClient(start(['run', 'demo', '--verbose'], machine));
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  client.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  await client.answer(1);
  client.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  for (const id of [2, 3, 4]) {
    await pause(2200);
    client.send({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'whoami', arguments: {} } });
    expect(await client.answer(id)).toContain('ada');
  }
  const status = await client.end();
  return { status, stdout: client.lines.join('\n'), stderr: client.stderr() };
}

test.each(['registered', 'own app'] as const)(
  'a sign-in by a client that is %s leaves its secrets in the keychain only',
  async (client) => {
    const { issuer, server, machine } = await place(client);
    const commandLines = await watchCommandLines();
    const done: Finished[] = [];
    const run = async (args: string[], input?: string): Promise<void> => {
      const finished = await mcpctl(args, { ...machine, ...(input !== undefined && { input }) });
      expect(finished.status, `${args.join(' ')}\n${finished.stdout}${finished.stderr}`).toBe(0);
      done.push(finished);
    };
    if (client === 'own app') await run(['secret', 'set', 'OWN_APP_SECRET', '--stdin'], CLIENT_SECRET);

    await run(['auth', 'login', 'demo', '--yes', '--verbose']);
    const keptFiles = await filesOf(machine.home);
    for (const flag of ['--verbose', '--json']) {
      await run(['auth', 'status', flag]);
      await run(['call', 'demo', 'whoami', flag]);
      await run(['tools', 'demo', flag]);
      await run(['doctor', 'demo', flag]);
    }
    done.push(await useForAWhile(machine));
    await run(['auth', 'refresh', 'demo', '--verbose']);
    issuer.fail('unavailable');
    done.push(await mcpctl(['auth', 'refresh', 'demo', '--verbose'], machine));
    issuer.fail(undefined);
    await run(['auth', 'logout', 'demo', '--verbose']);

    const secrets = [...secretsOf(issuer), CLIENT_SECRET];
    const printed = done.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    const files = await filesOf(machine.home);
    const texts = await Promise.all(files.map(async (file) => await readFile(file, 'utf8')));
    expect(issuer.seen.refreshes().length).toBeGreaterThan(2);
    expect(issuer.seen.revocations().length).toBeGreaterThan(0);
    expect(issuer.seen.invalidGrants()).toEqual([]);
    expect(secrets.length).toBeGreaterThan(8);
    expect(server.tokens().every((header) => secrets.includes(header.slice('Bearer '.length)))).toBe(true);
    expect(hits(secrets, printed)).toEqual([]);
    expect(files.filter((_, index) => hits(secrets, texts[index] ?? '').length > 0)).toEqual([]);
    const lines = await commandLines();
    expect(lines.filter((line) => hits(secrets, line).length > 0)).toEqual([]);
    expect(lines.some((line) => line.includes(MCPCTL))).toBe(true);
    expect(keptFiles.some((file) => file.endsWith('sign-ins.json'))).toBe(true);
  },
  120_000,
);
