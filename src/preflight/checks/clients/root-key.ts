import { isRecord } from '../../../core/json.ts';
import type { ClientCheck, ExaminedFile } from '../../client-check.ts';
import { type Finding, finding } from '../../finding.ts';

/** Where the clients of this world keep their servers. */
const ROOT_KEYS = [
  'mcpServers',
  'servers',
  'mcp_servers',
  'context_servers',
  'mcp',
  'amp.mcpServers',
  'extensions',
];

export const rootKey: ClientCheck = {
  id: 'root-key',
  async run({ client, files }) {
    return files.flatMap((file) => judge(file, client.title));
  },
};

function judge({ section, plan: { file } }: ExaminedFile, title: string): Finding[] {
  if (!section || !isRecord(section.document.value)) return [];
  const value = section.document.value;
  const own = section.path;
  // Visual Studio reads the same `.mcp.json` under another key.
  if (/[\\/]\.mcp\.json$/.test(file.path) && section.entries.size > 0) return [];
  return ROOT_KEYS.filter((key) => key !== own[0] && holdsServers(value[key])).map((key) => {
    const names = Object.keys(value[key] as object);
    return finding('CLIENT_ROOT_KEY_WRONG', {
      subject: file.path,
      severity: section.entries.size === 0 ? 'error' : 'warning',
      message: `${file.path} has ${names.join(', ')} under "${key}"; ${title} reads "${own.join('.')}" only.`,
      cause: 'The entry was copied from the instructions for another client.',
      fix: {
        command: 'mcpctl sync',
        description: 'writes servers of the manifest under the right key',
        isSafe: false,
      },
    });
  });
}

function holdsServers(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const items = Object.values(value);
  return (
    items.length > 0 &&
    items.every(
      (item) => isRecord(item) && ['command', 'url', 'serverUrl', 'httpUrl'].some((key) => key in item),
    )
  );
}
