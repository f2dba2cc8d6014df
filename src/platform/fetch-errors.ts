import { McpctlError, messageOf } from '../core/errors.ts';

export interface FailureContext {
  /** Without path and query, which may hold secrets. */
  readonly host: string;
  readonly signal: AbortSignal | null | undefined;
  /** The proxy in use, without credentials; `''` when none is. */
  readonly proxy: string;
  readonly certificates: string;
}

const UNTRUSTED =
  /^(?:CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(?:VERIFY|GET_ISSUER|GET_CRL)|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;
const TIMED_OUT = /^(?:ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)$/;

/** Turns what a failed request threw into NETWORK_UNREACHABLE, NETWORK_TIMEOUT, TLS_UNTRUSTED or CANCELLED. */
export function explainFailure(error: unknown, context: FailureContext): McpctlError {
  const { host, signal, proxy, certificates } = context;
  const chain = [...causesOf(error)];
  const known = chain.find((each) => each instanceof McpctlError);
  if (known) return known;
  if (signal?.aborted) {
    return new McpctlError('CANCELLED', `The request to ${host} was cancelled.`, { cause: signal.reason });
  }
  const codes = chain.map(codeOf);
  const untrusted = codes.find((code) => UNTRUSTED.test(code));
  if (untrusted) return tlsUntrusted(host, untrusted, certificates, error);
  if (codes.some((code) => TIMED_OUT.test(code))) return timedOut(host, error);
  const through = proxy && ` through the proxy ${proxy}`;
  return new McpctlError(
    'NETWORK_UNREACHABLE',
    `${host} could not be reached${through}: ${reasonOf(chain)}.`,
    {
      hint: proxy
        ? 'Check HTTPS_PROXY and NO_PROXY, then try again.'
        : 'Check the address and your connection; behind a company proxy, set HTTPS_PROXY.',
      cause: error,
      data: { host, reason: codes.find(Boolean) },
    },
  );
}

export function timedOut(host: string, cause?: unknown): McpctlError {
  return new McpctlError('NETWORK_TIMEOUT', `${host} did not answer in time.`, {
    hint: 'Try again; if it stays slow, check your connection and proxy.',
    cause,
    data: { host },
  });
}

function tlsUntrusted(host: string, reason: string, certificates: string, cause: unknown): McpctlError {
  return new McpctlError('TLS_UNTRUSTED', `The certificate of ${host} is not trusted (${reason}).`, {
    hint: certificates
      ? `NODE_EXTRA_CA_CERTS names ${certificates}: check that it can be read and holds the issuer's certificate.`
      : "If your network inspects TLS, set NODE_EXTRA_CA_CERTS to your company's certificate file.",
    cause,
    data: { host, reason },
  });
}

function* causesOf(error: unknown): Generator<unknown> {
  for (let current = error, depth = 0; current !== undefined && depth < 8; depth += 1) {
    yield current;
    // One attempt for each address of a name ends in an AggregateError.
    if (current instanceof AggregateError) yield* current.errors;
    current = current instanceof Error ? current.cause : undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function reasonOf(chain: readonly unknown[]): string {
  const telling = chain.find((error) => codeOf(error) && !(error instanceof AggregateError)) ?? chain.at(-1);
  return messageOf(telling).replace(/\.$/, '');
}
