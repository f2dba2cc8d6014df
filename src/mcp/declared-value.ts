import type { Json, JsonObject } from '../core/json.ts';

/** The value a schema itself names: its first example, its constant, its default or its first choice, if it has one. */
export function declaredValue({
  examples,
  const: constant,
  default: initial,
  enum: choices,
}: JsonObject): Json | undefined {
  return [firstOf(examples), constant, initial, firstOf(choices)].find((value) => value !== undefined);
}

function firstOf(values: Json | undefined): Json | undefined {
  return Array.isArray(values) ? values[0] : undefined;
}
