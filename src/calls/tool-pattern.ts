import type { Intent } from '../audit/row.ts';

/** What a pattern is held against. */
export interface PatternSubject {
  readonly server: string;
  readonly tool: string;
  readonly intent: Intent;
}

export interface ToolPatterns {
  /** The first pattern that fits, as it was written. */
  match(subject: PatternSubject): string | undefined;
  /** Whether what fits a tool of this server depends on its intent. */
  needsIntent(server: string): boolean;
  /** Whether some tool of this server could fit. */
  mayFit(server: string): boolean;
  /** Whether every tool of this server fits, whatever it is. */
  coversAll(server: string): boolean;
}

/**
 * Patterns `server/tool@intent`: `*` stands for any run of characters, a server alone for all its tools, and without
 * an intent every intent fits. Nothing of a pattern is compiled as a regular expression, and a name is read once.
 */
export function toolPatterns(texts: readonly string[]): ToolPatterns {
  const patterns = texts.map(parse);
  return {
    match: (subject) => patterns.find((pattern) => fits(pattern, subject))?.text,
    needsIntent: (name) =>
      patterns.some(({ server, intent }) => intent !== undefined && fitsGlob(server, name)),
    mayFit: (name) => patterns.some(({ server }) => fitsGlob(server, name)),
    coversAll: (name) =>
      patterns.some(
        ({ server, tool, intent }) =>
          intent === undefined &&
          tool.every((piece) => piece === '') &&
          tool.length > 1 &&
          fitsGlob(server, name),
      ),
  };
}

/** Written out: the schema of rows brings a library with it. */
const INTENTS: readonly Intent[] = ['read', 'write', 'destructive', 'unknown'];

interface Pattern {
  readonly text: string;
  readonly server: readonly string[];
  readonly tool: readonly string[];
  readonly intent: Intent | undefined;
}

function parse(text: string): Pattern {
  const at = text.lastIndexOf('@');
  const intent = INTENTS.find((each) => at >= 0 && each === text.slice(at + 1));
  const name = intent ? text.slice(0, at) : text;
  const slash = name.indexOf('/');
  const [server, tool] = slash < 0 ? [name, '*'] : [name.slice(0, slash), name.slice(slash + 1)];
  return { text, intent, server: server.split('*'), tool: tool.split('*') };
}

function fits(pattern: Pattern, { server, tool, intent }: PatternSubject): boolean {
  if (pattern.intent !== undefined && pattern.intent !== intent) return false;
  return fitsGlob(pattern.server, server) && fitsGlob(pattern.tool, tool);
}

/** `pieces` are what stands between the stars: each is looked for once, behind the one before it. */
function fitsGlob(pieces: readonly string[], name: string): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return name === first;
  const last = pieces.at(-1) ?? '';
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
