import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { CORRELATION_HEADER } from '../../calls/trace.ts';

/** A response on its way; what all of one request's headers have is kept until the head is written, in one go. */
export class Reply<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {
  /** By which the request can be found in logs. */
  correlationId: string | undefined;

  begin(status: number, headers: Readonly<Record<string, string | number>>): this {
    const { correlationId } = this;
    return this.writeHead(
      status,
      correlationId === undefined ? headers : { ...headers, [CORRELATION_HEADER]: correlationId },
    );
  }
}

export type ReplyServer = Server<typeof IncomingMessage, typeof Reply>;
