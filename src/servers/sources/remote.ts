import { isIP } from 'node:net';
import { McpctlError } from '../../core/errors.ts';
import type { PackageSource } from './source.ts';

export const remoteSource: PackageSource<'remote'> = {
  type: 'remote',
  programs: [],
  async resolve(spec) {
    const { url, transport } = spec.wanted;
    checkUrl(url);
    return {
      spec,
      source: { type: 'remote', url, ...(transport && { transport }) },
      scripted: [],
      facts: [`hosted at ${url}; nothing is installed`],
      command: () => undefined,
    };
  },
};

/** Refuses what would send keys in the clear or hides them in the address. */
export function checkUrl(text: string): void {
  const refuse = (why: string, hint: string): McpctlError =>
    new McpctlError('SPEC_INVALID', `${JSON.stringify(text)} ${why}.`, { hint });
  // Blanks stand for parts of a host or path.
  const plain = text.replaceAll(/\{[^}]*\}/g, 'x');
  if (!URL.canParse(plain)) throw refuse('is no URL', 'Write it in full: https://host/mcp');
  const url = new URL(plain);
  if (url.username || url.password) {
    throw new McpctlError('SECRET_ON_COMMAND_LINE', `The address of ${url.host} holds a password.`, {
      hint: 'Pass it by reference: --header "Authorization: Bearer ${TOKEN}"',
    });
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw refuse('is not encrypted', 'Use https; http is accepted for this machine only.');
  }
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '[::1]') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
