import { ToolError } from '../errors.ts';

/** Most characters of an answer that are shown. */
const MOST_SHOWN = 500;

/** What an answer with an error status means to the caller. */
export function failureOf({ status, body }: { readonly status: number; readonly body: unknown }): ToolError {
  const said = body === undefined ? '' : ` It says: ${shown(body)}`;
  if (status === 401 || status === 403)
    return new ToolError('API_UNAUTHORIZED', `The API refuses access (${status}).${said}`, {
      hint: 'Check API_TOKEN and what it is allowed to do.',
    });
  if (status === 404) return new ToolError('NOT_FOUND', `The API has nothing there (404).${said}`);
  if (status === 429)
    return new ToolError('API_RATE_LIMITED', `The API takes no more requests for now.${said}`, {
      hint: 'Try again later.',
      isPassing: true,
    });
  if (status >= 500)
    return new ToolError('API_FAILED', `The API failed (${status}).${said}`, { isPassing: true });
  return new ToolError('API_REFUSED', `The API refuses the request (${status}).${said}`);
}

export function unreachable(url: URL, isLate: boolean, cause: unknown): ToolError {
  return isLate
    ? new ToolError('API_TIMEOUT', `${url.host} did not answer in time.`, { isPassing: true, cause })
    : new ToolError('API_UNREACHABLE', `${url.host} cannot be reached.`, { isPassing: true, cause });
}

function shown(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
