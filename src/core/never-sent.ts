import { McpctlError } from './errors.ts';

/**
 * The failure, marked as one before which nothing of the request reached the server: it is safe to try again. `more` is
 * added to its data.
 */
export function neverSent(failure: McpctlError, more: object = {}): McpctlError {
  return marked(failure, { ...more, sent: false });
}

/** The failure of a request of which a part reached the server before. */
export function partlySent(failure: McpctlError): McpctlError {
  return marked(failure, { sent: true });
}

function marked({ code, message, hint, data, cause }: McpctlError, more: object): McpctlError {
  return new McpctlError(code, message, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
    data: { ...data, ...more },
  });
}
