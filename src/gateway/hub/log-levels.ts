import type { ClientRequest } from './client.ts';
import type { HubClients } from './hub-clients.ts';
import { lowestLevel } from './log-level.ts';
import type { Conversation } from './pool.ts';
import { seatOf } from './seat.ts';

/** A server hears the lowest level of those who share its conversation; each client hears its own. */
export interface LogLevels {
  of(request: ClientRequest): string | undefined;
  tell(conversation: Conversation): void;
}

const TELL_MS = 10_000;

export function createLogLevels(clients: HubClients): LogLevels {
  return {
    of: ({ client }) => clients.of(client).logLevel,
    tell({ seat, upstream }) {
      const wanted = [...clients.all()].flatMap(({ client, logLevel }) =>
        logLevel !== undefined && client.era === 'legacy' && seatOf(client).key === seat.key
          ? [logLevel]
          : [],
      );
      const level = lowestLevel(wanted);
      const { era, capabilities } = upstream.about;
      if (level === undefined || era !== 'legacy' || !('logging' in capabilities)) return;
      upstream
        .request({
          method: 'logging/setLevel',
          params: { level },
          signal: AbortSignal.timeout(TELL_MS),
          capabilities: {},
        })
        // A server that refuses logs as it likes; clients get what they asked for all the same.
        .catch(() => {});
    },
  };
}
