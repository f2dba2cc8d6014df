import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';

/** Bytes of one answer of a registry. */
export const LONGEST_ANSWER = 16 * 1024 * 1024;

/** A request that did not get what it asked for. */
export interface Failed {
  readonly url: string;
  readonly status: number;
  /** What the registry said of it. */
  readonly said: string;
  readonly hasToken: boolean;
}

/** The error that an answer of a registry stands for. */
export function failureOf({ url, status, said: why, hasToken }: Failed): McpctlError {
  const data = { registry: url, status };
  const reason = why === '' ? '' : `: ${why}`;
  if (status === 401) {
    return new McpctlError('REGISTRY_REFUSED', `The registry ${url} does not know who you are${reason}.`, {
      hint: hasToken
        ? 'The token is not good any more: ask for another, and keep it: mcpctl secret set REGISTRY_TOKEN'
        : 'Give a token by the settings (registries.own, token) or in the variable MCPCTL_REGISTRY_TOKEN.',
      data,
    });
  }
  if (status === 403)
    return new McpctlError('NAMESPACE_REFUSED', `The registry ${url} does not let you${reason}.`, { data });
  if (status === 409) return new McpctlError('VERSION_PUBLISHED', `${sentence(why)}.`, { data });
  if (status === 400 || status === 413) {
    return new McpctlError('REGISTRY_REFUSED', `The registry ${url} refused it${reason}.`, { data });
  }
  if (status === 404 && why !== '') {
    return new McpctlError('PACKAGE_NOT_FOUND', `The registry ${url} does not have it${reason}.`, {
      hint: 'mcpctl registry list',
      data,
    });
  }
  if (status >= 500) {
    return new McpctlError('REGISTRY_UNREACHABLE', `The registry ${url} answered ${status}${reason}.`, {
      hint: 'Try again in a few minutes.',
      data,
    });
  }
  return invalidAnswer(url, { why: `, but ${status}`, status });
}

function sentence(text: string): string {
  const plain = text === '' ? 'The registry has that already' : text;
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** What answered is no registry. */
export function invalidAnswer(url: string, { why = '', status = 200 } = {}): McpctlError {
  return new McpctlError('REGISTRY_INVALID', `${url} gave no answer of an MCP registry${why}.`, {
    hint: 'See whether the address is that of a registry: mcpctl config show registries',
    data: { registry: url, status },
  });
}

/** What the registry itself says went wrong; empty when nothing. */
export function saidIn(answer: Record<string, unknown> | undefined): string {
  const text = answer?.error ?? answer?.detail ?? answer?.title;
  return typeof text === 'string' ? text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 300) : '';
}

/** An answer as an object; undefined for anything else. */
export function parseAnswer(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
