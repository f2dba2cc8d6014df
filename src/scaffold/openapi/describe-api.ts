import { isRecord } from '../../core/json.ts';
import { describeOperation } from './describe-operation.ts';
import { toolName, uniqueName } from './names.ts';
import type { ApiDescription, Operation } from './operation.ts';
import { type ApiDocument, invalid } from './read-document.ts';
import { BadReference, follow } from './references.ts';
import { plainText } from './text.ts';

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const;

/** Most operations that are looked at. */
const MOST_OPERATIONS = 5_000;

/** Every operation of a document that can be a tool. `source` is its path or address. @throws OPENAPI_INVALID */
export function describeApi(document: ApiDocument, source: string): ApiDescription {
  const operations: Operation[] = [];
  const left: { operation: string; why: string }[] = [];
  const taken = new Set<string>();
  for (const { method, path, item, own } of operationsIn(document, source)) {
    const name = uniqueName(toolName(own.operationId, method, path), taken);
    try {
      operations.push(describeOperation({ document, name, method, path, item, own }));
      taken.add(name);
    } catch (error) {
      if (!(error instanceof BadReference)) throw error;
      left.push({ operation: `${method.toUpperCase()} ${path}`, why: error.message });
    }
  }
  if (operations.length === 0) {
    const [first] = left;
    throw invalid(
      source,
      first ? `has no operation that can be a tool (${first.operation}: ${first.why})` : 'has no operations',
    );
  }
  const info = isRecord(document.info) ? document.info : {};
  return {
    title: typeof info.title === 'string' ? plainText(info.title, 60) || undefined : undefined,
    url: baseAddress(document, source),
    auth: authOf(document),
    operations,
    left,
  };
}

interface Found {
  readonly method: (typeof METHODS)[number];
  readonly path: string;
  readonly item: Record<string, unknown>;
  readonly own: Record<string, unknown>;
}

function operationsIn(document: ApiDocument, source: string): Found[] {
  const paths = Object.entries(document.paths as object).filter(([path]) => path.startsWith('/'));
  const found = paths.flatMap(([path, value]) => {
    const item = itemOf(document, value);
    return METHODS.flatMap((method): Found[] => {
      const own = item[method];
      return isRecord(own) ? [{ method, path, item, own }] : [];
    });
  });
  if (found.length > MOST_OPERATIONS) throw invalid(source, `has more than ${MOST_OPERATIONS} operations`);
  return found;
}

/** A path whose description cannot be found has no operations. */
function itemOf(document: ApiDocument, value: unknown): Record<string, unknown> {
  try {
    return follow(document, value);
  } catch (error) {
    if (error instanceof BadReference) return {};
    throw error;
  }
}

/** The first server that is http, its variables filled with their defaults; relative ones need the document's address. */
function baseAddress(document: ApiDocument, source: string): string | undefined {
  for (const server of Array.isArray(document.servers) ? document.servers : []) {
    if (!isRecord(server) || typeof server.url !== 'string') continue;
    const variables = isRecord(server.variables) ? server.variables : {};
    const filled = server.url.replaceAll(/\{([^}]+)\}/g, (whole, name: string) => {
      const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return isRecord(variable) ? String(variable.default) : whole;
    });
    const base = /^https?:/.test(source) ? source : undefined;
    if (/[{}]/.test(filled) || !URL.canParse(filled, base)) continue;
    const { protocol, origin, pathname, username, password } = new URL(filled, base);
    if (/^https?:$/.test(protocol) && `${username}${password}` === '')
      return `${origin}${pathname}`.replace(/\/+$/, '');
  }
  return undefined;
}

function authOf(document: ApiDocument): string | undefined {
  const components = isRecord(document.components) ? document.components : {};
  const schemes = isRecord(components.securitySchemes) ? Object.values(components.securitySchemes) : [];
  for (const scheme of schemes.filter(isRecord)) {
    const { type, scheme: kind, in: place, name } = scheme;
    if (type === 'http' && /^basic$/i.test(String(kind))) return 'basic';
    if (type === 'http' || type === 'oauth2' || type === 'openIdConnect') return 'bearer';
    const isNamed = /^[A-Za-z0-9_.-]+$/.test(String(name));
    if (type === 'apiKey' && isNamed && (place === 'header' || place === 'query')) return `${place}:${name}`;
  }
  return undefined;
}
