/** Values in the JSON of OTLP: a list of keys, each with a value that says of what kind it is. */
export function otlpAttributes(values: Readonly<Record<string, unknown>>): object[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** Who sends it. */
export interface OtlpIdentity {
  readonly host: string;
  readonly version: string;
  /** Tells processes of one machine apart, where that matters. */
  readonly instance?: string;
}

export function otlpResource({ host, version, instance }: OtlpIdentity): object {
  return {
    attributes: otlpAttributes({
      'service.name': 'mcpctl',
      'service.version': version,
      'service.instance.id': instance,
      'host.name': host,
    }),
  };
}
