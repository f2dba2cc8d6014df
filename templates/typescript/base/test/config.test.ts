import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig, VARIABLES } from '../src/config.ts';
import { ConfigError } from '../src/config-error.ts';
import { openExample } from './example.ts';

test('arguments take precedence over the environment, and empty variables count as not set', async () => {
  const { env, close } = await openExample();

  expect(readConfig(['--http'], { ...env, MCP_TRANSPORT: 'stdio' }).MCP_TRANSPORT).toBe('http');
  expect(readConfig(['--stdio'], { ...env, MCP_TRANSPORT: 'http' }).MCP_TRANSPORT).toBe('stdio');
  expect(readConfig([], { ...env, LOG_LEVEL: '' }).LOG_LEVEL).toBe('info');
  await close();
});

test('what does not fit is named without its value', () => {
  const wrong = () => readConfig([], { MCP_PORT: 'secret-by-mistake', LOG_LEVEL: 'loud' });

  expect(wrong).toThrow(ConfigError);
  expect(wrong).toThrow(/MCP_PORT[\s\S]*LOG_LEVEL/);
  expect(wrong).not.toThrow(/secret-by-mistake/);
  expect(() => readConfig(['--fast'], {})).toThrow(/--fast/);
});

test('.env.example names every variable, and no other', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const named = [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);

  expect(named.sort()).toEqual([...VARIABLES].sort());
});
