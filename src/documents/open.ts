import type { ConfigDocument, Dialect } from './document.ts';
import { openJson } from './jsonc.ts';

/** Opens a file's text by the dialect of its reader; the TOML and YAML libraries load when asked for. */
export async function openDocument(
  text: string,
  dialect: Dialect,
  name = 'the document',
): Promise<ConfigDocument> {
  switch (dialect.format) {
    case 'json':
    case 'jsonc':
      return openJson(text, dialect, name);
    case 'toml':
      return await (await import('./toml.ts')).openToml(text, dialect, name);
    case 'yaml':
      return (await import('./yaml.ts')).openYaml(text, dialect, name);
  }
}
