import { isRecord, type JsonObject } from '../../core/json.ts';
import { uniqueName } from './names.ts';
import type { Operation } from './operation.ts';
import type { ApiDocument } from './read-document.ts';
import { BadReference, follow } from './references.ts';
import { createConverter } from './schema.ts';
import { plainText } from './text.ts';

interface Described {
  readonly document: ApiDocument;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly item: Record<string, unknown>;
  readonly own: Record<string, unknown>;
}

/** An operation as a tool. @throws BadReference when it cannot be one */
export function describeOperation({ document, name, method, path, item, own }: Described): Operation {
  const input = createConverter(document);
  const { parameters, properties, required } = argumentsOf(
    document,
    [item.parameters, own.parameters],
    path,
    input,
  );
  const body = bodyOf(document, own.requestBody);
  if (body) {
    properties.set('body', input.convert(body.schema));
    if (body.isRequired) required.push('body');
  }
  const verb = method.toUpperCase();
  const summary = textOf(own.summary);
  const title = plainText(summary ?? `${verb} ${path}`, 100);
  return {
    name,
    title,
    description: plainText(textOf(own.description) ?? summary ?? `${verb} ${path}`, 1_000),
    method: verb,
    path,
    parameters,
    hasBody: body !== undefined,
    annotations: annotationsOf(verb),
    inputSchema: input.withDefs({
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    }),
    outputSchema: outputOf(document, own.responses),
  };
}

/** What the verb promises. A document does not say whether a POST can be undone, so it counts as if it could not. */
function annotationsOf(verb: string): JsonObject {
  const isReading = ['GET', 'HEAD', 'OPTIONS'].includes(verb);
  return {
    readOnlyHint: isReading,
    destructiveHint: !isReading,
    idempotentHint: isReading || verb === 'PUT' || verb === 'DELETE',
    openWorldHint: true,
  };
}

type Converter = ReturnType<typeof createConverter>;

/** The parameters of an operation take the place of those of its path with the same name and place. */
function argumentsOf(document: ApiDocument, lists: readonly unknown[], path: string, { convert }: Converter) {
  const found = new Map<string, Record<string, unknown>>();
  for (const one of lists.flatMap((list) => (Array.isArray(list) ? list : []))) {
    const parameter = follow(document, one);
    found.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  const parameters: Operation['parameters'][number][] = [];
  const properties = new Map<string, JsonObject | boolean>();
  const required: string[] = [];
  const taken = new Set(['body']);
  for (const parameter of found.values()) {
    const place = placeOf(parameter);
    if (!place) continue;
    const name = String(parameter.name);
    const argument = uniqueName(name.replaceAll(/[^A-Za-z0-9_.-]+/g, '_').replace(/^_*$/, 'argument'), taken);
    taken.add(argument);
    const schema = convert(schemaOf(parameter));
    const text = textOf(parameter.description);
    properties.set(
      argument,
      isRecord(schema) && text ? { ...schema, description: plainText(text, 1_000) } : schema,
    );
    if (parameter.required === true || place === 'path') required.push(argument);
    parameters.push({ argument, name, in: place, style: styleOf(parameter) });
  }
  for (const [, name = ''] of path.matchAll(/\{([^{}]+)\}/g)) {
    if (!parameters.some((one) => one.in === 'path' && one.name === name))
      throw new BadReference(`the parameter ${name} of its path is not described`);
  }
  return { parameters, properties, required };
}

/** Undefined for what a caller does not choose: cookies, and headers the document must not describe. */
function placeOf(parameter: Record<string, unknown>): 'path' | 'query' | 'header' | undefined {
  if (parameter.in === 'path' || parameter.in === 'query') return parameter.in;
  const name = String(parameter.name);
  const isOwn = /^(accept|content-type|authorization|host|content-length|connection)$/i.test(name);
  if (parameter.in === 'header' && !isOwn && /^[A-Za-z0-9-]+$/.test(name)) return 'header';
  if (parameter.required === true && !isOwn)
    throw new BadReference(`it needs the ${String(parameter.in)} ${name}`);
  return undefined;
}

function schemaOf(parameter: Record<string, unknown>): unknown {
  if (parameter.schema !== undefined) return parameter.schema;
  const [content] = isRecord(parameter.content) ? Object.values(parameter.content) : [];
  return isRecord(content) && content.schema !== undefined ? content.schema : {};
}

function styleOf({ style, explode }: Record<string, unknown>): 'repeated' | 'comma' | 'deep' {
  if (style === 'deepObject') return 'deep';
  return explode === false ? 'comma' : 'repeated';
}

function bodyOf(document: ApiDocument, value: unknown): { schema: unknown; isRequired: boolean } | undefined {
  if (value === undefined) return undefined;
  const body = follow(document, value);
  const schema = jsonSchemaIn(body.content);
  if (schema !== undefined) return { schema, isRequired: body.required === true };
  if (body.required !== true) return undefined;
  throw new BadReference(
    `it takes ${Object.keys(isRecord(body.content) ? body.content : {}).join(', ') || 'no JSON'}`,
  );
}

/** What a good answer holds: `status`, and the body of the first answer that is one. */
function outputOf(document: ApiDocument, responses: unknown): JsonObject {
  const { convert, withDefs } = createConverter(document);
  const good = Object.entries(isRecord(responses) ? responses : {}).filter(([status]) => /^2/.test(status));
  const bodies = good.map(([, response]) => jsonSchemaIn(follow(document, response).content));
  const described = bodies.filter((schema) => schema !== undefined).map((schema) => convert(schema));
  const [first] = described;
  const body = described.length > 1 ? { anyOf: described } : (first ?? {});
  return withDefs({
    type: 'object',
    properties: { status: { type: 'integer' }, body },
    required: ['status'],
  });
}

function jsonSchemaIn(content: unknown): unknown {
  const types = isRecord(content) ? Object.entries(content) : [];
  const [, json] = types.find(([type]) => /^[^;]*[/+](json|\*)/i.test(type)) ?? [];
  return isRecord(json) ? (json.schema ?? {}) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
