import { McpctlError } from '../../core/errors.ts';

/** The failure, marked as one before which nothing of the request reached the server: it is safe to try again. */
export function neverSent(failure: McpctlError): McpctlError {
  return marked(failure, false);
}

/** The failure of a request of which a part reached the server before. */
export function partlySent(failure: McpctlError): McpctlError {
  return marked(failure, true);
}

function marked({ code, message, hint, data, cause }: McpctlError, sent: boolean): McpctlError {
  return new McpctlError(code, message, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
    data: { ...data, sent },
  });
}
