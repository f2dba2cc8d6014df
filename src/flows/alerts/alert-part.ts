import type { Context } from '../../cli/context.ts';
import type { Observation } from '../../watch/observation.ts';
import type { OpenPart } from '../watch/parts.ts';
import { openAlerting } from './open-alerting.ts';

/** How long a single look may wait for slow services, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Raises alerts as long as a watch goes on. */
export const alertPart: OpenPart = async ({ context, settings }) => {
  if (!settings.alerts.enabled) return undefined;
  // A line of ours would tear the live screen; alerts list has it too.
  const isScreen = context.stdout.isTTY === true && !context.output.json;
  const alerting = await openAlerting(context, (line) => {
    if (!isScreen) context.output.warn(line);
  });
  return { observed: alerting.observe, close: alerting.close };
};

/** Raises alerts by one look, and sends what there is to send. */
export async function alertOnce(observation: Observation, context: Context): Promise<void> {
  const alerting = await openAlerting(context, (line) => context.output.warn(line));
  try {
    alerting.observe(observation);
    await alerting.flush(PATIENCE_MS);
  } finally {
    await alerting.close();
  }
}
