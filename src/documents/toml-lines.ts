/** One statement of a TOML file; offsets in UTF-16 units. */
export interface Statement {
  readonly kind: 'table' | 'array-table' | 'pair';
  /** Full path from the root; elements of arrays of tables by index. */
  readonly path: readonly (string | number)[];
  /** Start of the first line. */
  readonly start: number;
  readonly keyStart: number;
  /** First character of the value; of a header, its end. */
  readonly valueStart: number;
  /** After the last character of the value or header, before a comment on the same line. */
  readonly end: number;
}

/**
 * Splits valid TOML into statements. What it cannot follow makes it return undefined, so that the caller takes the
 * slower way; a wrong answer would be caught by the comparison after each edit.
 */
export function readStatements(text: string): Statement[] | undefined {
  const lines = new Lines(text);
  try {
    return lines.read();
  } catch (error) {
    if (error instanceof Lost) return undefined;
    throw error;
  }
}

class Lost extends Error {}

class Lines {
  readonly #text: string;
  #at = 0;
  readonly #statements: Statement[] = [];
  #table: readonly (string | number)[] = [];
  readonly #elements = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  read(): Statement[] {
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    for (;;) {
      this.#skip(/(?:[ \t\r\n]|#[^\n]*)*/y);
      if (this.#at >= this.#text.length) return this.#statements;
      if (this.#text[this.#at] === '[') this.#header();
      else this.#pair();
      this.#skip(/[ \t]*(?:#[^\n]*)?/y);
      if (this.#at < this.#text.length && !/[\r\n]/.test(this.#text[this.#at] ?? '')) throw new Lost();
    }
  }

  #header(): void {
    const keyStart = this.#at;
    const isArray = this.#text.startsWith('[[', this.#at);
    const [open, close] = isArray ? ['[[', ']]'] : ['[', ']'];
    this.#at += open.length;
    const path = this.#resolve(this.#key(), isArray);
    if (!this.#text.startsWith(close, this.#at)) throw new Lost();
    this.#at += close.length;
    this.#table = path;
    this.#push({ kind: isArray ? 'array-table' : 'table', path, keyStart, valueStart: this.#at });
  }

  #pair(): void {
    const keyStart = this.#at;
    const path = [...this.#table, ...this.#key()];
    if (this.#text[this.#at] !== '=') throw new Lost();
    this.#at += 1;
    this.#skip(/[ \t]*/y);
    const valueStart = this.#at;
    this.#value();
    this.#push({ kind: 'pair', path, keyStart, valueStart });
  }

  #push(statement: Pick<Statement, 'kind' | 'path' | 'keyStart' | 'valueStart'>): void {
    const start = this.#text.lastIndexOf('\n', statement.keyStart - 1) + 1;
    this.#statements.push({ ...statement, start, end: this.#at });
  }

  /** Header keys name the newest element of an array of tables by the array's name alone. */
  #resolve(key: readonly string[], isArray: boolean): (string | number)[] {
    const path: (string | number)[] = [];
    for (const [index, part] of key.entries()) {
      path.push(part);
      const id = JSON.stringify(path);
      const last = this.#elements.get(id);
      if (index === key.length - 1 && isArray) {
        const next = (last ?? -1) + 1;
        this.#elements.set(id, next);
        path.push(next);
      } else if (last !== undefined) path.push(last);
    }
    return path;
  }

  #key(): string[] {
    const parts: string[] = [];
    for (;;) {
      this.#skip(/[ \t]*/y);
      parts.push(this.#keyPart());
      this.#skip(/[ \t]*/y);
      if (this.#text[this.#at] !== '.') return parts;
      this.#at += 1;
    }
  }

  #keyPart(): string {
    const bare = this.#skip(/[A-Za-z0-9_-]+/y);
    if (bare !== '') return bare;
    const literal = this.#skip(/'[^'\r\n]*'/y);
    if (literal !== '') return literal.slice(1, -1);
    const basic = this.#skip(/"(?:[^"\\\r\n]|\\.)*"/y);
    if (basic === '' || /\\[^btnfr"\\u]/.test(basic.replaceAll('\\\\', ''))) throw new Lost();
    try {
      return JSON.parse(basic) as string;
    } catch {
      throw new Lost();
    }
  }

  #value(): void {
    const strings =
      /"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}|'''(?:[^']|'{1,2}(?!'))*'{3,5}|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'/y;
    let depth = 0;
    do {
      if (depth > 0) this.#skip(/(?:[ \t\r\n,=]|#[^\n]*)*/y);
      const character = this.#text[this.#at];
      if (character === undefined) throw new Lost();
      if (character === '[' || character === '{') {
        depth += 1;
        this.#at += 1;
      } else if (character === ']' || character === '}') {
        depth -= 1;
        this.#at += 1;
      } else if (
        this.#skip(strings) === '' &&
        this.#skip(/[^\s,=#[\]{}"']+(?: \d[^\s,=#[\]{}"']*)?/y) === ''
      ) {
        throw new Lost();
      }
      if (depth > 0) this.#skip(/(?:[ \t\r\n,=]|#[^\n]*)*/y);
    } while (depth > 0);
    if (depth < 0) throw new Lost();
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
