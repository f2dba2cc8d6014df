import type { z } from 'zod';
import type { remoteEntrySchema, stdioEntrySchema } from './entry-schema.ts';

export type StdioEntry = z.infer<typeof stdioEntrySchema>;
export type RemoteEntry = z.infer<typeof remoteEntrySchema>;
/** One value of `mcpServers` in the manifest. */
export type ServerEntry = StdioEntry | RemoteEntry;

export function isRemote(entry: ServerEntry): entry is RemoteEntry {
  return 'url' in entry && typeof entry.url === 'string';
}
