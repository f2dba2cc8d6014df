import type { Variable } from './variable.ts';

/** How callers of the HTTP endpoint show who they are. Each is a layer `access-<id>` of the templates. */
export interface Access {
  readonly id: string;
  readonly title: string;
  readonly variables: readonly Variable[];
}

export const ACCESSES = [
  { id: 'none', title: 'nobody is asked: standard streams, or this machine alone', variables: [] },
  {
    id: 'token',
    title: 'one secret token',
    variables: [
      {
        name: 'MCP_TOKEN',
        description:
          'Whoever sends this token may use the HTTP endpoint; at least 24 characters, over HTTP only.',
        isSecret: true,
        example: 'make one: openssl rand -hex 24',
      },
    ],
  },
  {
    id: 'oauth',
    title: 'access tokens of an OAuth issuer',
    variables: [
      {
        name: 'OAUTH_ISSUER',
        description: 'Issuer of the access tokens, over HTTP only.',
        example: 'https://login.example.com',
      },
      {
        name: 'OAUTH_RESOURCE',
        description: 'Where the server is reached from outside: the audience of its tokens, over HTTP only.',
        example: 'https://mcp.example.com/mcp',
      },
      {
        name: 'OAUTH_SCOPES',
        description: 'Scopes a token has to have, separated by spaces.',
        default: '',
        example: 'read',
      },
    ],
  },
] as const satisfies readonly Access[];

export type AccessId = (typeof ACCESSES)[number]['id'];
