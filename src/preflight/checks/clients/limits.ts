import type { ClientCheck } from '../../client-check.ts';
import { type Finding, finding } from '../../finding.ts';

/** Numbers and lengths of tools, as far as the lock knows them. */
export const limits: ClientCheck = {
  id: 'limits',
  async run({ client, files, situation: { servers } }) {
    const { limits: allowed, title, id } = client;
    const present = new Set(files.flatMap(({ section }) => [...(section?.entries.keys() ?? [])]));
    const locked = servers.filter(({ name, lock }) => present.has(name) && lock?.tools);
    const tools = locked.flatMap(({ name, lock }) =>
      Object.keys(lock?.tools?.tools ?? {}).map((tool) => ({ name, tool })),
    );
    const found: Finding[] = [];
    if (allowed.tools !== undefined && tools.length > allowed.tools) {
      found.push(
        finding('CLIENT_TOO_MANY_TOOLS', {
          subject: id,
          message: `${title} takes about ${allowed.tools} tools; its servers offer ${tools.length}.`,
          cause: 'Tools beyond the limit are not shown to the model, or answers get worse.',
          fix: {
            command: `mcpctl remove <server>`,
            description: 'takes a server away that you do not need',
            isSafe: false,
          },
        }),
      );
    }
    const { toolName, toolPrefix = () => '' } = allowed;
    const long =
      toolName === undefined
        ? []
        : tools.filter(({ name, tool }) => (toolPrefix(name) + tool).length > toolName);
    const [first] = long;
    if (first) {
      found.push(
        finding('CLIENT_TOOL_NAME_TOO_LONG', {
          subject: id,
          message: `${title} allows ${toolName} characters for a tool's name; ${long.map(({ tool }) => tool).join(', ')} of ${first.name} ${long.length === 1 ? 'is' : 'are'} longer with what it adds.`,
          cause: 'The client puts the name of the server before that of the tool.',
          fix: {
            command: `mcpctl info ${first.name}`,
            description: 'shows the server; a shorter name of it helps',
            isSafe: false,
          },
        }),
      );
    }
    return found;
  },
};
