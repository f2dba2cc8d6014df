import { McpctlError } from '../../core/errors.ts';

/** The words of `add`, parted as people write them for `claude mcp add`. */
export interface AddWords {
  /** Arguments that each name a server. */
  readonly servers: readonly string[];
  /** Words after `--`. */
  readonly command?: readonly string[];
  /** Name given by position: `add my-server -- command`, `add my-server https://host/mcp`. */
  readonly name?: string;
}

/**
 * Parts the words; `words` holds what stands before `--`, `after` what stands behind it, if there is one.
 * @throws USAGE
 */
export function partWords(words: readonly string[], after: readonly string[] | undefined): AddWords {
  const [first, second] = words;
  if (first === undefined && after === undefined) {
    throw new McpctlError('USAGE', 'Name at least one server to add.', {
      hint: 'mcpctl list --catalog shows what there is.',
    });
  }
  if (after !== undefined) {
    if (words.length > 1) {
      throw new McpctlError('USAGE', `Only a name may stand before "--", not ${words.join(' ')}.`, {
        hint: 'mcpctl add my-server -- npx -y <package>',
      });
    }
    return { servers: [], command: after, ...(first !== undefined && { name: first }) };
  }
  if (words.length === 2 && /^https?:\/\//.test(second ?? '') && /^[A-Za-z0-9_-]+$/.test(first ?? '')) {
    return { servers: [second ?? ''], ...(first !== undefined && { name: first }) };
  }
  if (words.length === 0) {
    throw new McpctlError('USAGE', 'No server to add was named.', {
      hint: 'mcpctl add memory    (mcpctl list --catalog shows more)',
    });
  }
  return { servers: words };
}

/** Reads `KEY=value` words of `--env`. */
export function parseAssignments(words: readonly string[], flag: string): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
      throw new McpctlError('USAGE', `${flag} ${word} has no "=".`, { hint: `${flag} NAME='\${NAME}'` });
    }),
  );
}

/** Reads `Name: value` words of `--header`. */
export function parseHeaders(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const match = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*[:=]\s*(.*)$/.exec(word);
      if (match?.[1]) return [match[1], match[2] ?? ''];
      throw new McpctlError('USAGE', `--header ${JSON.stringify(word)} is no header.`, {
        hint: "--header 'Authorization: Bearer ${TOKEN}'",
      });
    }),
  );
}
