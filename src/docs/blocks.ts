/** A piece of a line. Plain strings and code may come from a server and hold anything. */
export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  /** Leads to the heading with that id. */
  | { readonly text: string; readonly to: string };

export type Text = readonly Inline[];

/** One block of a page, for every format. */
export type Block =
  | {
      readonly kind: 'heading';
      readonly level: 1 | 2 | 3 | 4;
      readonly text: Text;
      /** Unique on its page. */
      readonly id: string;
    }
  | { readonly kind: 'paragraph'; readonly text: Text }
  /** What somebody wrote over several lines; its line breaks stay. */
  | { readonly kind: 'prose'; readonly text: string }
  | {
      readonly kind: 'table';
      /** What it lists, for those who cannot see it. */
      readonly label: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly Text[])[];
    }
  | {
      readonly kind: 'code';
      readonly language: 'sh' | 'json' | 'toml' | 'yaml' | 'text';
      readonly text: string;
      /** True for what a call answered: it may differ the next time. */
      readonly isAnswer?: boolean;
    }
  | { readonly kind: 'list'; readonly items: readonly Text[] };

export function heading(level: 1 | 2 | 3 | 4, id: string, ...text: Text): Block {
  return { kind: 'heading', level, id, text };
}

export function paragraph(...text: Text): Block {
  return { kind: 'paragraph', text };
}

/** Nothing where the server said nothing. */
export function prose(text: unknown): Block[] {
  return typeof text === 'string' && text.trim() !== '' ? [{ kind: 'prose', text }] : [];
}

/** Nothing without rows. */
export function table(label: string, head: readonly string[], rows: readonly (readonly Text[])[]): Block[] {
  return rows.length > 0 ? [{ kind: 'table', label, head, rows }] : [];
}
