import { isRecord, type Json, type JsonObject } from '../../core/json.ts';

/** A value without the members that paths such as `structuredContent.items[].id` name; `[]` stands for every item. */
export function without(value: Json, paths: readonly string[]): Json {
  if (paths.length === 0) return value;
  const copy = structuredClone(value);
  for (const path of paths)
    remove(
      copy,
      path.split(/\.|(?=\[)/).filter((part) => part !== ''),
    );
  return copy;
}

function remove(value: Json | undefined, [key, ...rest]: readonly string[]): void {
  if (key === undefined || value === undefined) return;
  const index = /^\[(\d*)\]$/.exec(key)?.[1];
  if (index !== undefined) {
    if (!Array.isArray(value)) return;
    const chosen = index === '' ? value : value.slice(Number(index), Number(index) + 1);
    for (const item of chosen) remove(item, rest);
    return;
  }
  if (!isRecord(value)) return;
  const holder = value as JsonObject;
  if (rest.length === 0) delete holder[key];
  else remove(holder[key], rest);
}
