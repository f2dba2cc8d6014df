import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dialect } from '../documents/document.ts';

/** Names of a settings file in a project folder, first found wins. Data only: nothing here is ever executed. */
export const PROJECT_PLACES = [
  '.mcpctlrc',
  '.mcpctlrc.json',
  '.mcpctlrc.yaml',
  '.mcpctlrc.yml',
  'mcpctl.config.json',
  'mcpctl.config.yaml',
  'mcpctl.config.yml',
];

/** Names of a settings file in the user's settings folder. */
export const USER_PLACES = ['config.json', 'config.yaml', 'config.yml'];

/** The names that exist in the folder. */
export async function placesIn(folder: string, names: readonly string[]): Promise<string[]> {
  const isThere = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => found.isFile(),
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => isThere[index]);
}

/** How a settings file is read: JSON with comments, or YAML; without an ending as YAML, which JSON is too. */
export function settingsDialect(path: string): Dialect {
  const format = path.endsWith('.json') ? 'jsonc' : 'yaml';
  return { format, allowComments: true, allowTrailingCommas: true, allowByteOrderMark: true };
}
