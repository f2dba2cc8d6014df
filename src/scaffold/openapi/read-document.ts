import { McpctlError, messageOf } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { openDocument } from '../../documents/open.ts';

export type ApiDocument = Readonly<Record<string, unknown>>;

/** Largest document, in characters. */
export const MOST_CHARACTERS = 20_000_000;

/**
 * Reads an OpenAPI 3.0 or 3.1 document from JSON or YAML.
 * @throws OPENAPI_INVALID, saying why it is none
 */
export async function readApiDocument(text: string, source: string): Promise<ApiDocument> {
  if (text.length > MOST_CHARACTERS) throw invalid(source, `has more than ${MOST_CHARACTERS / 1_000_000} MB`);
  const value = await parse(text, source);
  if (!isRecord(value)) throw invalid(source, 'does not hold an object');
  if ('swagger' in value)
    throw invalid(
      source,
      `is Swagger ${String(value.swagger)}`,
      'Convert it to OpenAPI 3 first, for example with swagger2openapi.',
    );
  if (!/^3\.[01]\.\d+/.test(String(value.openapi)))
    throw invalid(
      source,
      value.openapi === undefined ? 'has no member openapi' : `is OpenAPI ${String(value.openapi)}`,
    );
  if (!isRecord(value.paths) || Object.keys(value.paths).length === 0)
    throw invalid(source, 'describes no paths');
  return value;
}

async function parse(text: string, source: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (/^\s*[{[]/.test(text)) throw invalid(source, `is not JSON: ${messageOf(error)}`);
  }
  const dialect = {
    format: 'yaml',
    allowComments: true,
    allowTrailingCommas: false,
    allowByteOrderMark: true,
  } as const;
  const { value, problems } = await openDocument(text, dialect, source);
  const [first] = problems;
  if (first) throw invalid(source, `is not YAML, line ${first.line}: ${first.message}`);
  return value;
}

export function invalid(source: string, why: string, hint?: string): McpctlError {
  return new McpctlError('OPENAPI_INVALID', `${source} ${why}.`, {
    hint: hint ?? 'Give an OpenAPI 3.0 or 3.1 document, as JSON or YAML.',
    data: { source },
  });
}
