/** An environment variable of a new server, as its documents describe it. */
export interface Variable {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  readonly format?: 'string' | 'number' | 'boolean';
  readonly isRequired?: boolean;
  readonly isSecret?: boolean;
  /** What the server takes when it is not set. */
  readonly default?: string;
  readonly choices?: readonly string[];
  /** Shown where there is no default; never a secret that works. */
  readonly example?: string;
}

/** What every new server understands. */
export const COMMON_VARIABLES: readonly Variable[] = [
  {
    name: 'MCP_TRANSPORT',
    description: 'How clients reach the server.',
    default: 'stdio',
    choices: ['stdio', 'http'],
  },
  { name: 'MCP_HOST', description: 'Address to listen on, over HTTP.', default: '127.0.0.1' },
  { name: 'MCP_PORT', description: 'Port to listen on, over HTTP.', format: 'number', default: '3000' },
  {
    name: 'MCP_ALLOWED_HOSTS',
    description: 'Host names, besides those of this machine, the HTTP endpoint may be reached under.',
    default: '',
    example: 'mcp.example.com',
  },
  {
    name: 'LOG_LEVEL',
    description: 'What is logged on stderr.',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'],
  },
];
