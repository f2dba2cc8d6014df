import { isRecord, type Json } from './json.ts';

/** JSON in the one form of RFC 8785 (JCS): members sorted, no white space. Undefined members are left out. */
export function canonicalJson(value: Json | object): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  let text = '';
  for (const key of Object.keys(value).sort()) {
    if (value[key] === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`;
  }
  return `{${text}}`;
}
