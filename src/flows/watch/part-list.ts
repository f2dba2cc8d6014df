import type { OpenPart } from './parts.ts';

/** In the order they begin; they end in the other. A part loads its code when it begins. */
export const PARTS: readonly OpenPart[] = [
  async (watching) => await (await import('../alerts/alert-part.ts')).alertPart(watching),
  async (watching) => {
    const { openHistoryPart } = await import('./history-part.ts');
    return await openHistoryPart(watching);
  },
  async (watching) => {
    const { metricsPort } = watching.flags;
    if (metricsPort === undefined) return undefined;
    const { openMetricsPart } = await import('./metrics-part.ts');
    return await openMetricsPart(watching, metricsPort);
  },
  async (watching) => {
    if (!watching.flags.web) return undefined;
    const { openWeb } = await import('./web-part.ts');
    return await openWeb(watching);
  },
];
