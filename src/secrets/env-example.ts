import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { withFileLock } from '../platform/file-lock.ts';
import type { Need } from './needs.ts';

/** What people are told about a name, e.g. from the catalog. */
export interface NameNote {
  readonly description?: string;
  /** Where the value comes from. */
  readonly where?: string;
}

export interface ExampleRequest {
  readonly projectFolder: string;
  readonly locks: string;
  readonly needs: readonly Need[];
  readonly notes?: ReadonlyMap<string, NameNote>;
  readonly signal?: AbortSignal;
}

/**
 * Adds the names the servers need to the project's `.env.example`, each with a comment and without a value. What
 * stands there stays. Returns the names added; none means that the file was not touched.
 */
export async function updateEnvExample(request: ExampleRequest): Promise<string[]> {
  const path = join(request.projectFolder, '.env.example');
  return await withFileLock({ folder: request.locks, name: path, signal: request.signal }, async () => {
    const text = await readText(path);
    const { text: changed, added } = extendExample(text ?? '', request.needs, request.notes);
    if (added.length > 0) await writeFileAtomic(path, changed, { mode: 0o644 });
    return added;
  });
}

/** Pure form of `updateEnvExample`. */
export function extendExample(
  text: string,
  needs: readonly Need[],
  notes: ReadonlyMap<string, NameNote> = new Map(),
): { text: string; added: string[] } {
  const fresh = needs.filter(({ name, fromEnvironment }) => fromEnvironment && !mentions(text, name));
  if (fresh.length === 0) return { text, added: [] };
  const start = text === '' ? HEADER : text.endsWith('\n') ? text : `${text}\n`;
  const blocks = fresh.map((need) => block(need, notes.get(need.name)));
  return { text: `${start}\n${blocks.join('\n')}`, added: fresh.map(({ name }) => name) };
}

const HEADER = `# Values the MCP servers of this project need. Copy to .env and fill in, or keep them in the system
# keychain: mcpctl secret set NAME. Never put a value into this file.
`;

function block({ name, servers, required }: Need, note: NameNote | undefined): string {
  const what = `${servers.join(', ')}${required ? '' : ' (optional)'}${note?.description ? `: ${note.description}` : ''}`;
  const comments = [what, ...(note?.where ? [`Get it: ${note.where}`] : [])];
  return [
    ...comments.map((line) => `# ${line.replaceAll(/\s+/g, ' ')}`),
    `${required ? '' : '# '}${name}=`,
    '',
  ].join('\n');
}

/** True when the name is assigned, also in a comment: somebody may have put it aside on purpose. */
function mentions(text: string, name: string): boolean {
  return new RegExp(`^[ \\t]*#?[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=`, 'm').test(text);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}
