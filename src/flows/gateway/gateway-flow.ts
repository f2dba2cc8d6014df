import type { Context } from '../../cli/context.ts';
import { compileSoon } from '../../platform/compile-soon.ts';
import { keepBusyHeapSmall } from '../../platform/small-heap.ts';
import { type GatewayFlags, onlyOf, refuseHttpFlags } from './gateway-flags.ts';
import { openGateway } from './open-gateway.ts';

/** Serves clients until they or we are told to go. */
export async function runGateway(flags: GatewayFlags, context: Context): Promise<void> {
  keepBusyHeapSmall();
  compileSoon();
  if (flags.http) {
    const { serveHttpClients } = await import('./http-gateway.ts');
    await serveHttpClients(flags, context);
    return;
  }
  refuseHttpFlags(flags);
  const { serveStdio } = await import('../../gateway/front/stdio-front.ts');
  const { stdin, stdout } = context;
  const only = onlyOf(flags);
  const { hub, signal, close } = await openGateway(flags, context);
  const offered = {
    ...(only !== undefined && { only }),
    ...(flags.profile !== undefined && { profile: flags.profile }),
  };
  try {
    await serveStdio({ hub, input: stdin, output: stdout, signal, ...offered });
  } finally {
    await close();
    stdin.destroy();
  }
}
