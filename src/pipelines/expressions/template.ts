import { isRecord, type Json } from '../../core/json.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { ExpressionFault } from './fault.ts';
import { LONGEST_SOURCE } from './limits.ts';
import { bounded, newBudget, plainText } from './measure.ts';
import { type Expression, parseExpression } from './syntax.ts';

/** An expression in a text. */
export interface Embedded {
  readonly expression: Expression;
  /** What stands between `${{` and `}}`. */
  readonly source: string;
}

/** A text of a pipeline: what stands there as it is, and expressions. */
export interface Template {
  readonly parts: readonly (string | Embedded)[];
  /** The text is one expression and nothing else, so that its value keeps its type. */
  readonly isWhole: boolean;
}

const OPEN = '${{';
const CLOSE = '}}';
/** `$${{` stands for `${{` itself. */
const ESCAPED = '$${{';

/** True when the text holds the beginning of an expression. */
export function hasExpression(text: string): boolean {
  return text.includes(OPEN);
}

/** A fault in an expression of a text, with what stands between its braces. */
export class TemplateFault extends ExpressionFault {
  readonly source: string;

  constructor({ kind, message, at }: ExpressionFault, source: string) {
    super(kind, message, at);
    this.name = 'TemplateFault';
    this.source = source;
  }
}

/** @throws TemplateFault */
export function parseTemplate(text: string): Template {
  if (text.length > LONGEST_SOURCE && hasExpression(text)) {
    const message = `a text with expressions is longer than ${LONGEST_SOURCE} characters`;
    throw new TemplateFault(new ExpressionFault('limit', message, 0), '');
  }
  const parts: (string | Embedded)[] = [];
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const found = text.indexOf(OPEN, at);
    if (found < 0) break;
    if (found > at && text.startsWith(ESCAPED, found - 1)) {
      plain += `${text.slice(at, found - 1)}${OPEN}`;
      at = found + OPEN.length;
      continue;
    }
    plain += text.slice(at, found);
    if (plain !== '') parts.push(plain);
    plain = '';
    const start = found + OPEN.length;
    const end = endOf(text, start);
    const source = text.slice(start, end);
    parts.push(embedded(source));
    at = end + CLOSE.length;
  }
  plain += text.slice(at);
  if (plain !== '' || parts.length === 0) parts.push(plain);
  return { parts, isWhole: parts.length === 1 && typeof parts[0] !== 'string' };
}

/** An expression that may stand with its braces or without, as in `if`. @throws TemplateFault */
export function parseCondition(text: string): Embedded {
  const trimmed = text.trim();
  if (!hasExpression(trimmed)) return embedded(trimmed);
  const { parts, isWhole } = parseTemplate(trimmed);
  const [only] = parts;
  if (isWhole && only !== undefined && typeof only !== 'string') return only;
  throw new TemplateFault(
    new ExpressionFault('syntax', 'one expression and nothing else was expected', 0),
    '',
  );
}

function embedded(source: string): Embedded {
  try {
    return { expression: parseExpression(source), source };
  } catch (error) {
    if (error instanceof ExpressionFault) throw new TemplateFault(error, source);
    throw error;
  }
}

/** Where the expression that begins at `start` ends; `}}` within a text of it does not count. */
function endOf(text: string, start: number): number {
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quote === '"' && sign === '\\') at += 1;
    else if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === "'" || sign === '"') quote = sign;
    else if (text.startsWith(CLOSE, at)) return at;
  }
  const rest = text.slice(start);
  throw new TemplateFault(
    new ExpressionFault('syntax', `the expression is not closed with ${CLOSE}`, 0),
    rest,
  );
}

/** What a text stands for. What it is made of is data: expressions in it are not evaluated. @throws ExpressionFault */
export function renderTemplate({ parts, isWhole }: Template, scope: Scope): Json {
  const budget = newBudget();
  const [only] = parts;
  if (isWhole && only !== undefined && typeof only !== 'string')
    return evaluate(only.expression, scope, budget);
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else {
      const value = evaluate(part.expression, scope, budget);
      text = bounded(text + plainText(value, budget, part.expression.at), part.expression.at);
    }
  }
  return text;
}

/** A value of a pipeline with every text in it rendered. @throws ExpressionFault */
export function renderValue(value: Json, scope: Scope): Json {
  if (typeof value === 'string') {
    return hasExpression(value) ? renderTemplate(parseTemplate(value), scope) : value;
  }
  if (Array.isArray(value)) return value.map((item) => renderValue(item, scope));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, renderValue(member as Json, scope)]),
  );
}
