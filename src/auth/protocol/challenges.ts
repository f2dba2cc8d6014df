/** One challenge of a `WWW-Authenticate` header (RFC 9110, 11.6.1). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case; of a name that is repeated, the first counts. */
  readonly params: Readonly<Record<string, string>>;
  readonly token68?: string;
}

/** What a challenge of an MCP server asks for. */
export interface BearerChallenge {
  readonly resourceMetadata?: string;
  readonly scope?: string;
  readonly error?: string;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const QUOTED = /"((?:[^"\\]|\\[\s\S])*)"/y;
const UNQUOTED = /[^\s,]*/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const SPACE = /[ \t]+/y;
const LIST_SEPARATOR = /[\s,]*/y;
const UP_TO_COMMA = /[^,]*/y;

/** Every challenge of a header, or of several headers joined by commas. What makes no sense is skipped. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; params: Record<string, string>; token68?: string }[] = [];
  const text = createCursor(header);
  while (true) {
    text.take(LIST_SEPARATOR);
    if (text.isOver()) return challenges;
    const name = text.take(TOKEN);
    if (name === undefined) {
      text.take(text.peeks('"') ? QUOTED : UP_TO_COMMA) ?? text.take(UP_TO_COMMA);
      continue;
    }
    const current = challenges.at(-1);
    if (text.take(EQUALS) !== undefined) {
      const value = parameterValue(text);
      if (current) current.params[name.toLowerCase()] ??= value;
      continue;
    }
    const next: (typeof challenges)[number] = { scheme: name.toLowerCase(), params: {} };
    challenges.push(next);
    if (text.take(SPACE) === undefined) continue;
    const token68 = text.take(TOKEN68);
    // `Bearer realm` followed by a comma reads like a token68; `Bearer realm=x` does not.
    if (token68 !== undefined) next.token68 = token68;
  }
}

/** What the first challenges of scheme Bearer or DPoP ask for, all of them taken together. */
export function bearerChallenge(header: string | undefined): BearerChallenge {
  const params = parseChallenges(header ?? '')
    .filter(({ scheme }) => scheme === 'bearer' || scheme === 'dpop')
    .map((challenge) => challenge.params);
  const first = (name: string): string | undefined => params.find((each) => each[name])?.[name];
  const [resourceMetadata, scope, error] = [first('resource_metadata'), first('scope'), first('error')];
  return { ...(resourceMetadata && { resourceMetadata }), ...(scope && { scope }), ...(error && { error }) };
}

interface Cursor {
  /** What the sticky expression matches here: its first group, else all of it. Moves on. */
  take(expression: RegExp): string | undefined;
  peeks(character: string): boolean;
  isOver(): boolean;
}

function createCursor(text: string): Cursor {
  let at = 0;
  return {
    take: (expression) => {
      expression.lastIndex = at;
      const match = expression.exec(text);
      if (!match) return undefined;
      at = expression.lastIndex;
      return match[1] ?? match[0];
    },
    peeks: (character) => text[at] === character,
    isOver: () => at >= text.length,
  };
}

function parameterValue(text: Cursor): string {
  const quoted = text.take(QUOTED);
  if (quoted !== undefined) return quoted.replaceAll(/\\([\s\S])/g, '$1');
  // A quote that nobody closes ends at the next comma.
  if (text.peeks('"')) return (text.take(UP_TO_COMMA) ?? '').slice(1).trimEnd();
  return text.take(UNQUOTED) ?? '';
}
