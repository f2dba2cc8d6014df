type Schema = Readonly<Record<string, unknown>> | boolean | undefined;

/** A small value that fits most schemas: required members only. The caller checks it. */
export function sampleOf(schema: Schema, root: Schema = schema, depth = 0): unknown {
  if (typeof schema !== 'object' || depth > 12) return 'sample';
  if (typeof schema.$ref === 'string') return sampleOf(resolve(schema.$ref, root), root, depth + 1);
  if ('const' in schema) return schema.const;
  if ('default' in schema) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (Array.isArray(schema.examples)) return schema.examples[0];
  for (const key of ['allOf', 'oneOf', 'anyOf']) {
    const parts = schema[key];
    if (!Array.isArray(parts)) continue;
    const samples = (key === 'allOf' ? parts : parts.slice(0, 1)).map((part) =>
      sampleOf(part, root, depth + 1),
    );
    const own = schema.properties ? [objectOf(schema, root, depth)] : [];
    return samples.every(isObject) ? Object.assign({}, ...samples, ...own) : samples[0];
  }
  return typedSample(schema, root, depth);
}

function typedSample(schema: Readonly<Record<string, unknown>>, root: Schema, depth: number): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return Number(
        schema.minimum ?? (schema.exclusiveMinimum === undefined ? 1 : Number(schema.exclusiveMinimum) + 1),
      );
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () =>
        sampleOf(schema.items as Schema, root, depth + 1),
      );
    default:
      return type === 'object' || schema.properties ? objectOf(schema, root, depth) : 'sample';
  }
}

function objectOf(schema: Readonly<Record<string, unknown>>, root: Schema, depth: number): unknown {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = (schema.required ?? []) as string[];
  return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name], root, depth + 1)]));
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  hostname: 'example.com',
};

function textOf({ format, minLength }: Readonly<Record<string, unknown>>): string {
  return (FORMATS[String(format)] ?? 'sample').padEnd(Number(minLength ?? 0), 'x');
}

function resolve(reference: string, root: Schema): Schema {
  const name = reference.replace('#/$defs/', '');
  const { $defs = {} } = root as { $defs?: Record<string, Schema> };
  return $defs[name.replaceAll('~1', '/').replaceAll('~0', '~')];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
