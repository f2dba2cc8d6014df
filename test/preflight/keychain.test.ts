import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SecretService, startSecretService } from '../support/secret-service.ts';
import { withBench } from './workbench.ts';

const MANIFEST = '.config/claude/claude_desktop_config.json';
const args = ['--only', 'machine', '--offline'];

let service: SecretService;

beforeAll(async () => {
  service = await startSecretService();
});

afterAll(() => service.stop());

const examine = () =>
  withBench(async (bench) => {
    Object.assign(bench.env, service.env, { HOME: bench.home });
    const entry = { command: 'node', env: { KEY: '${keychain:MY_KEY}' } };
    await bench.write(MANIFEST, JSON.stringify({ mcpServers: { files: entry } }));
    return await bench.doctor(args);
  });

test('a keychain that works is available, one that is locked is an error where it is needed', async () => {
  const { findings, checks } = await examine();

  expect(findings.filter(({ code }) => code.startsWith('KEYCHAIN'))).toEqual([]);
  expect(checks.find(({ id }) => id === 'keychain')?.detail).toBe('available');

  await service.lock();
  const locked = await examine();

  expect(locked.findings).toContainEqual(
    expect.objectContaining({ code: 'KEYCHAIN_LOCKED', severity: 'error' }),
  );
  expect(locked.status).toBe(5);
});
