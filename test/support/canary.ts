import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodingsOf } from '../../src/core/secret-encodings.ts';
import { fixturePath } from './servers.ts';

/** A secret that needs escaping everywhere. */
export const CANARY = 'Kz7/pq"Wm+é%canary=93';

/** A server that gives away what it gets as SECRET; its argument says how it behaves. */
export const LEAKY = fixturePath('leaky');

/** Address of a site that refuses every request and says with which header. */
export async function leakySite(): Promise<string> {
  const site = createServer((request, response) => {
    request.resume();
    response.writeHead(request.url === '/mcp' ? 500 : 404, { 'content-type': 'text/plain' });
    const seen = String(request.headers.authorization).slice('Bearer '.length);
    // Where mcpctl cuts what it quotes, after 200 characters, stands the middle of the secret.
    response.end(`you sent ${'-'.repeat(176)}${encodingsOf(seen).join(' ')}`);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void site.close());
  await once(site, 'listening');
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}/mcp`;
}

/** The forms of the canary, and halves of them, that a text shows. */
export function hits(text: string): string[] {
  // Base64 forms of 7 characters and less occur by chance.
  const forms = encodingsOf(CANARY).filter((form) => form.length > 7);
  // Halves too: what is cut before it is cleaned shows one.
  return [...forms, ...forms.map((form) => form.slice(0, 12))].filter((form) => text.includes(form));
}

export async function filesWithCanary(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const texts = await Promise.all(paths.map(async (path) => await readFile(path, 'utf8')));
  return paths.filter((_, index) => hits(texts[index] ?? '').length > 0);
}
