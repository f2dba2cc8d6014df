import { followLog } from '../../audit/follow.ts';
import type { CallRow } from '../../audit/row.ts';
import type { Context } from '../../cli/context.ts';
import type { CallPage, CallQuery, ShownCall, Viewer } from '../../watch/web/wire.ts';
import { auditHere } from '../audit/audit-here.ts';
import { type ShownCall as FoundCall, findCalls } from '../audit/query-flow.ts';

const HOUR_MS = 3_600_000;

/** Gives the calls that were recorded since it was asked last, those of the last hour among the first. */
export function newCalls(context: Context): () => Promise<CallRow[]> {
  let read: (() => Promise<CallRow[]>) | undefined;
  return async () => {
    const { place } = await auditHere(context);
    read ??= followLog(place, new Date(context.now().getTime() - HOUR_MS));
    return await read();
  };
}

/** One page of what a viewer may see: the owner every call, a principal its own. @throws USAGE */
export async function findPage(
  { offset, limit, ...filter }: CallQuery,
  { isOwner, principal }: Viewer,
  context: Context,
): Promise<CallPage> {
  const { calls, damaged } = await findCalls(
    {
      ...filter,
      ...(!isOwner && { user: principal ?? '' }),
      // One more tells whether there is another page.
      limit: String(offset + limit + 1),
    },
    context,
  );
  const latestFirst = calls.toReversed();
  return {
    calls: latestFirst.slice(offset, offset + limit).map(shown),
    offset,
    hasOlder: latestFirst.length > offset + limit,
    damaged,
  };
}

function shown({ id, ts, server, tool, method, outcome, ms, via, corr, ...rest }: FoundCall): ShownCall {
  const { errorType, client, user, cache } = rest;
  return {
    id,
    at: ts,
    server,
    what: tool ?? method,
    outcome,
    ms,
    via,
    corr,
    ...(errorType !== undefined && { errorType }),
    ...(client !== undefined && { client }),
    ...(user !== undefined && { user }),
    ...(cache !== undefined && { cache }),
  };
}
