import type { Meter } from '../../calls/meter.ts';
import { resolverFor, type SecretMachine } from '../../secrets/resolver-for.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Observed } from '../metrics/families.ts';
import type { Telemetry } from './open-telemetry.ts';

export interface TelemetryHereOptions {
  readonly settings: Pick<Settings, 'telemetry'>;
  readonly machine: SecretMachine & { readonly program: { readonly version: string } };
  readonly meter: Pick<Meter, 'telemetryLost'>;
  observed(): Observed;
  warn(line: string): void;
}

/** What sends telemetry as the settings want it; nothing of it is loaded where they say nothing. */
export async function telemetryHere(options: TelemetryHereOptions): Promise<Telemetry | undefined> {
  const { settings, machine, meter, observed, warn } = options;
  const { otlp } = settings.telemetry;
  if (!otlp) return undefined;
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry({
    settings: otlp,
    env: machine.env,
    version: machine.program.version,
    resolve: async (values) => (await resolverFor(machine, { scope: 'user' }).resolve(values)).values,
    observed,
    dropped: meter.telemetryLost,
    warn,
  });
}
