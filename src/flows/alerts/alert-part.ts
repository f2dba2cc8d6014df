import type { Context } from '../../cli/context.ts';
import type { Observation } from '../../watch/observation.ts';
import { isDrawn } from '../watch/is-drawn.ts';
import type { OpenPart } from '../watch/parts.ts';
import { openAlerting } from './open-alerting.ts';

/** How long a single look may wait for slow services, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Raises alerts as long as a watch goes on. */
export const alertPart: OpenPart = async ({ context, settings }) => {
  if (!settings.alerts.enabled) return undefined;
  // A line of ours would tear the live screen, which asks what there is to tell.
  const isScreen = isDrawn(context);
  let fault: string | undefined;
  const alerting = await openAlerting(context, (line) => {
    fault = line;
    if (!isScreen) context.output.warn(line);
  });
  return {
    observed: alerting.observe,
    close: alerting.close,
    told() {
      const { firing } = alerting;
      const count = `${firing} ${firing === 1 ? 'alert fires' : 'alerts fire'}: mcpctl alerts list`;
      return [
        ...(firing > 0 ? [{ text: count, isTrouble: true }] : []),
        ...(fault === undefined ? [] : [{ text: fault, isTrouble: true }]),
      ];
    },
  };
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
