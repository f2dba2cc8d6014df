import type { ClientAdapter } from '../clients/adapter.ts';
import { CLIENTS } from '../clients/all.ts';
import { checkEntry } from '../clients/check.ts';
import { type ClientEntry, mapStrings } from '../clients/entry.ts';
import { checkReferences, writeReferences } from '../clients/references.ts';
import { parseReferences } from '../core/reference.ts';
import { openDocument } from '../documents/open.ts';

/** What several clients have in common: the same text in each one's own file. */
export interface Snippet {
  readonly clients: readonly string[];
  readonly language: 'json' | 'toml' | 'yaml';
  readonly text: string;
  /** True where `<NAME>` stands for a value, because the client itself fills in none. */
  readonly hasBlanks: boolean;
}

export interface Installation {
  /** The command that adds it everywhere; undefined when it was set up by hand. */
  readonly command?: string;
  readonly snippets: readonly Snippet[];
  /** Clients that cannot load it from their own file, with the reason. */
  readonly left: readonly { readonly client: string; readonly why: string }[];
}

/**
 * How each known client would have the server in its own file, in the client's own shape and spelling. Values a
 * client cannot look up are left as `<NAME>` to fill in.
 */
export async function snippetsFor(
  name: string,
  entry: ClientEntry,
): Promise<Pick<Installation, 'snippets' | 'left'>> {
  const snippets: Snippet[] = [];
  const left: { client: string; why: string }[] = [];
  for (const client of CLIENTS) {
    const { entry: shown, hasBlanks } = shownTo(client, entry);
    // Paths of Windows need other quotes; pages show those of POSIX.
    const wrong = checkEntry({ client, name, entry: shown, platform: 'linux' }).find(
      ({ severity, code }) => severity === 'error' && code !== 'CLIENT_SECRET_EXPOSED',
    );
    if (wrong) {
      left.push({ client: client.title, why: wrong.message });
      continue;
    }
    const snippet = await snippetOf(client, name, shown, hasBlanks);
    const same = snippets.findIndex(
      ({ language, text }) => language === snippet.language && text === snippet.text,
    );
    const known = snippets[same];
    if (known) snippets[same] = { ...known, clients: [...known.clients, client.title] };
    else snippets.push(snippet);
  }
  return { snippets, left };
}

/** The entry with references this client understands, or blanks where it understands none. */
function shownTo(client: ClientAdapter, entry: ClientEntry): { entry: ClientEntry; hasBlanks: boolean } {
  const { references, shape, title } = client;
  const own = references.byShape ? (shape.check?.(entry) ?? []) : checkReferences(entry, references, title);
  if (own.every(({ severity }) => severity !== 'error')) return { entry, hasBlanks: false };
  let hasBlanks = false;
  const blanked = mapStrings(entry, (value) =>
    parseReferences(value)
      .map((segment) => {
        if (segment.kind === 'text') return segment.text;
        hasBlanks = true;
        return `<${segment.kind === 'name' ? segment.name : segment.path}>`;
      })
      .join(''),
  );
  return { entry: blanked, hasBlanks };
}

async function snippetOf(
  { title, shape, references, section, dialect }: ClientAdapter,
  name: string,
  entry: ClientEntry,
  hasBlanks: boolean,
): Promise<Snippet> {
  const document = await openDocument('', dialect, title);
  const value = shape.encode(writeReferences(entry, references), name);
  const text = document.set([...section, name], value).trim();
  const language = dialect.format === 'jsonc' ? 'json' : dialect.format;
  return { clients: [title], language, text, hasBlanks };
}
