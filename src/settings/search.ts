import { cosmiconfig } from 'cosmiconfig';

/**
 * The first of `places` that exists in `folder`. The file's text is read and judged with line numbers elsewhere;
 * nothing is parsed and nothing executed here, since every loader is replaced.
 */
export async function searchFolder(folder: string, places: readonly string[]): Promise<string | undefined> {
  const found = (path: string): { path: string } => ({ path });
  const explorer = cosmiconfig('mcpctl', {
    searchPlaces: [...places],
    searchStrategy: 'none',
    loaders: { '.json': found, '.yaml': found, '.yml': found, noExt: found },
    cache: false,
    ignoreEmptySearchPlaces: false,
  });
  return (await explorer.search(folder))?.filepath;
}
