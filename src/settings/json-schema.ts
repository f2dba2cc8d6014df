import { z } from 'zod';
import { settingsSchema } from './schema.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

/** The JSON Schema of settings files, for editors. */
export function settingsJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input' }) as Record<
    string,
    unknown
  >;
  addDefaults(schema, DEFAULT_SETTINGS);
  return { title: 'mcpctl settings', ...schema };
}

function addDefaults(schema: Record<string, unknown>, defaults: object): void {
  const properties = schema.properties as Record<string, Record<string, unknown>> | undefined;
  for (const [key, value] of Object.entries(defaults)) {
    const property = properties?.[key];
    if (!property) continue;
    if (property.type === 'object') addDefaults(property, value as object);
    else property.default = value;
  }
}
