import { ToolError } from '../errors.ts';

/** SQLSTATE, or the first two characters of a class, and what it means to the caller. */
const MEANINGS: readonly {
  starts: string;
  code: string;
  message: string;
  hint?: string;
  isPassing?: boolean;
}[] = [
  {
    starts: '57014',
    code: 'QUERY_TIMEOUT',
    message: 'The query took too long and was stopped.',
    hint: 'Filter on an indexed column, or ask for fewer rows.',
  },
  { starts: '42501', code: 'NOT_ALLOWED', message: 'The role of this server may not read that.' },
  { starts: '22', code: 'BAD_VALUE', message: 'A value does not fit the type of its column.' },
  { starts: '42883', code: 'BAD_VALUE', message: 'The operator does not fit the type of the column.' },
  {
    starts: '28',
    code: 'DATABASE_UNAUTHORIZED',
    message: 'The database refuses the sign-in.',
    hint: 'Check DATABASE_URL.',
  },
  {
    starts: '3D000',
    code: 'DATABASE_UNKNOWN',
    message: 'There is no such database.',
    hint: 'Check DATABASE_URL.',
  },
  {
    starts: '53',
    code: 'DATABASE_BUSY',
    message: 'The database takes no more connections.',
    isPassing: true,
  },
  { starts: '08', code: 'DATABASE_UNREACHABLE', message: 'The connection was lost.', isPassing: true },
  {
    starts: '57P',
    code: 'DATABASE_UNREACHABLE',
    message: 'The database is going down or coming up.',
    isPassing: true,
  },
];

const NETWORK = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'EPIPE',
];

/** What a failure of the driver means; anything else is a bug and is passed on. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ToolError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const isConnecting = /timeout|terminated|ended/i.test(error.message);
  if (NETWORK.includes(code) || (code === '' && isConnecting))
    return new ToolError('DATABASE_UNREACHABLE', 'The database cannot be reached.', {
      hint: 'Check that it runs and that DATABASE_URL names its address.',
      isPassing: true,
      cause: error,
    });
  const meaning = MEANINGS.find(({ starts }) => code.startsWith(starts));
  if (!meaning) return error;
  const { message, code: own, ...more } = meaning;
  return new ToolError(own, message, { ...more, cause: error });
}
