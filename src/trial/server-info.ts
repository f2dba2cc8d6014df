import { isRecord, type JsonObject } from '../core/json.ts';

const IN_META = 'io.modelcontextprotocol/serverInfo';

/** Name and version as a greeting has them, in either era; empty when it has none. */
export function serverInfoOf(greeting: JsonObject | undefined): JsonObject {
  const meta = isRecord(greeting?._meta) ? greeting._meta : {};
  const info = greeting?.serverInfo ?? meta[IN_META];
  return (isRecord(info) ? info : {}) as JsonObject;
}
