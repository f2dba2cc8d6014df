import { followLog } from '../../audit/follow.ts';
import type { CallRow } from '../../audit/row.ts';
import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import { auditHere } from '../audit/audit-here.ts';

export interface CallPrinter {
  /** Calls that were told so far. */
  readonly count: number;
  /** Tells what is recorded by now, and looks no more. */
  close(): Promise<void>;
}

const LOOK_MS = 300;

/** Tells each call of a server, whichever process carried it, from the audit log. */
export async function printCalls(
  server: string,
  context: Context,
  tell: (line: string) => void,
): Promise<CallPrinter> {
  const { settings, place } = await auditHere(context);
  const { style } = context.output;
  if (!settings.enabled) tell(style.dim('calls are not shown: the audit log is off (audit.enabled)'));
  const begun = context.now();
  const next = followLog(place, begun);
  let count = 0;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const call of await next()) {
      if (call.server !== server || Date.parse(call.ts) < begun.getTime() || call.method !== 'tools/call')
        continue;
      count += 1;
      tell(callLine(call, style));
    }
  };
  const again = (): void => {
    looking = looking.then(look).catch((error: unknown) => context.output.warn(String(error)));
  };
  const timer = setInterval(again, LOOK_MS);
  return {
    get count() {
      return count;
    },
    async close() {
      clearInterval(timer);
      again();
      await looking;
    },
  };
}

/** `12:30:01 list_units 3 ms ok (claude-code)` */
function callLine({ ts, tool = '', ms, outcome, errorType, client, cache }: CallRow, style: Style): string {
  const isGood = outcome === 'ok';
  const why = errorType && errorType !== outcome ? ` ${errorType}` : '';
  const told = isGood ? style.green(outcome) : style.red(`${outcome}${why}`);
  const from = [client, cache === 'hit' ? 'from the cache' : undefined].filter((part) => part !== undefined);
  const words = [ts.slice(11, 19), plainLine(tool), `${Math.round(ms)} ms`, told];
  return [...words, ...(from.length > 0 ? [style.dim(`(${plainLine(from.join(', '))})`)] : [])].join(' ');
}
