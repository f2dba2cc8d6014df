import type { LanguageId } from './languages.ts';
import type { Variable } from './variable.ts';

/** What a new server wraps. The layers of the templates are laid one over the other, the last one on top. */
export interface Variant {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly layers: readonly string[];
  readonly variables: readonly Variable[];
  /** A first call that changes nothing, as `mcpctl call` takes it. */
  readonly firstCall: readonly string[];
  /** The same where a language cannot have these names. */
  readonly firstCallIn?: Readonly<Partial<Record<LanguageId, readonly string[]>>>;
}

const API_VARIABLES: readonly Variable[] = [
  {
    name: 'API_BASE_URL',
    description: 'Where every path of the API begins.',
    default: 'https://api.example.com/v1',
  },
  { name: 'API_TOKEN', description: 'The token the API wants.', isSecret: true },
  {
    name: 'API_AUTH',
    description: 'How the token is sent: bearer, basic, header:<name> or query:<name>.',
    default: 'bearer',
  },
  {
    name: 'API_TIMEOUT_MS',
    description: 'Milliseconds for one attempt.',
    format: 'number',
    default: '10000',
  },
  {
    name: 'API_RETRIES',
    description: 'Further attempts after a failure that may pass.',
    format: 'number',
    default: '2',
  },
  { name: 'API_PER_MINUTE', description: 'Requests a minute; more wait.', format: 'number', default: '120' },
];

export const VARIANTS = [
  {
    id: 'nothing',
    title: 'nothing: a small example to start from',
    description: 'Converts lengths',
    layers: ['minimal'],
    variables: [
      { name: 'DECIMALS', description: 'Digits after the point in answers.', format: 'number', default: '3' },
    ],
    firstCall: ['convert_length', 'value:=1', 'from=mi', 'to=km'],
    firstCallIn: { python: ['convert_length', 'value:=1', 'from_unit=mi', 'to_unit=km'] },
  },
  {
    id: 'rest',
    title: 'a REST API',
    description: 'Offers an HTTP API',
    layers: ['http-api', 'rest'],
    variables: API_VARIABLES,
    firstCall: ['list_items'],
  },
  {
    id: 'postgres',
    title: 'a PostgreSQL database, to read',
    description: 'Reads a PostgreSQL database',
    layers: ['postgres'],
    variables: [
      {
        name: 'DATABASE_URL',
        description: 'The database, with a role that may only read.',
        isRequired: true,
        isSecret: true,
        example: 'postgres://example_reader@localhost:5432/example',
      },
      {
        name: 'ALLOWED_TABLES',
        description: 'Tables that may be read, as schema.table or schema.*.',
        default: 'public.*',
      },
      {
        name: 'STATEMENT_TIMEOUT_MS',
        description: 'Milliseconds a statement may take.',
        format: 'number',
        default: '5000',
      },
      { name: 'MAX_ROWS', description: 'Most rows of one answer.', format: 'number', default: '200' },
      { name: 'POOL_SIZE', description: 'Most connections to the database.', format: 'number', default: '4' },
    ],
    firstCall: ['list_tables'],
  },
  {
    id: 'openapi',
    title: 'an API described by an OpenAPI document',
    description: 'Offers an HTTP API described by an OpenAPI document',
    layers: ['http-api', 'openapi'],
    variables: API_VARIABLES,
    firstCall: [],
  },
  {
    id: 'cli',
    title: 'a command-line program',
    description: 'Runs a command-line program',
    layers: ['cli'],
    variables: [
      { name: 'PROGRAM', description: 'Name of the program on PATH, or its absolute path.', default: 'git' },
      { name: 'PROGRAM_FOLDER', description: 'Where the program runs.', default: '.' },
      {
        name: 'PROGRAM_TIMEOUT_MS',
        description: 'Milliseconds a run may take.',
        format: 'number',
        default: '30000',
      },
      {
        name: 'PROGRAM_MAX_OUTPUT',
        description: 'Most bytes of what it prints.',
        format: 'number',
        default: '200000',
      },
    ],
    firstCall: ['show_version'],
  },
] as const satisfies readonly Variant[];

export type VariantId = (typeof VARIANTS)[number]['id'];
