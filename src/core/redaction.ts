import { encodingsOf } from './secret-encodings.ts';
import { createSearch, type Search, type Span } from './text-search.ts';

/** What stands where a secret was. */
export const REDACTED = '•••';

/** Shorter values occur in ordinary text, so hiding them would garble it and give them away. */
const SHORTEST = 6;

export interface RedactionStream {
  /** The part of the text so far that can be shown; the start of what may become a secret is held back. */
  write(chunk: string | Uint8Array): string;
  /** What was held back. The stream starts anew afterwards. */
  end(): string;
}

export interface Redactor {
  /** Hides every secret in a complete text. */
  (text: string): string;
  /**
   * Hides secrets in text that arrives in pieces, wherever those begin and end. Where more become known meanwhile,
   * `current` is the redactor to go by, asked for each piece.
   */
  stream(current?: () => Redactor): RedactionStream;
  /** Finds what it hides. */
  readonly search: Search;
  /** The values that are too short to be hidden (under 6 characters), so that a caller can say whose they are. */
  readonly unredactable: readonly string[];
}

/**
 * Hides exact values in what is logged or printed, in each encoding they travel in: as they are, escaped for JSON
 * and URLs, in hex, base64 at every alignment, and base64url. Never used on protocol bytes.
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const values = [...new Set(secrets)].filter((value) => value !== '');
  const needles = values.filter(isRedactable).flatMap(encodingsOf);
  const search = createSearch([...new Set(needles)].filter((needle) => needle.length >= SHORTEST));
  const redact = (text: string): string => mask(text, search.find(text), text.length);
  const redactor: Redactor = Object.assign(redact, {
    search,
    stream: (current = () => redactor) => createStream(() => current().search),
    unredactable: values.filter((value) => !isRedactable(value)),
  });
  return redactor;
}

function isRedactable(value: string): boolean {
  return value.length >= SHORTEST;
}

function createStream(current: () => Search): RedactionStream {
  let decoder = new TextDecoder();
  let held = '';
  /** So many characters at the start of `held` belong to a secret whose mask was already written. */
  let masked = 0;

  const show = (text: string, search: Search, until: number): string => {
    const spans = merge([...(masked > 0 ? [{ start: 0, end: masked }] : []), ...search.find(text)]);
    const crossing = spans.find(
      ({ start, end }) => end > until && (start < until || (start === 0 && masked > 0)),
    );
    const shown = mask(text, spans, until).slice(masked > 0 ? REDACTED.length : 0);
    masked = crossing ? crossing.end - until : 0;
    held = text.slice(until);
    return shown;
  };

  return {
    write: (chunk) => {
      const text = held + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
      const search = current();
      return show(text, search, search.startOfPartial(text));
    },
    end: () => {
      const text = held + decoder.decode();
      decoder = new TextDecoder();
      return show(text, current(), text.length);
    },
  };
}

/** Joins spans that overlap, so that no end of one secret shows where another begins inside it. */
function merge(spans: readonly Span[]): Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans) {
    const last = merged.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

function mask(text: string, spans: readonly Span[], until: number): string {
  let result = '';
  let position = 0;
  for (const { start, end } of merge(spans)) {
    if (start >= until) break;
    result += text.slice(position, start) + REDACTED;
    position = Math.min(end, until);
  }
  return result + text.slice(position, until);
}
