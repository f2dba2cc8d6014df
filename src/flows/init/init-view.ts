import type { Style } from '../../platform/style.ts';
import { addDocument, renderAdded } from '../servers/add-view.ts';
import type { InitReport } from './init-flow.ts';

/** What `init` did, for `--json`. Holds no secret. */
export function initDocument({ found, told, kept, duration, ...outcome }: InitReport) {
  return { clients: { found, told }, ...addDocument(outcome), kept, duration };
}

/** The receipt of `init` for people. */
export function renderInit(report: InitReport, style: Style): string {
  const { told, kept, added, duration } = report;
  const [example] = added.filter(({ verification }) => verification?.firstCall);
  const parts = [
    renderAdded(report, style),
    ...(kept.length > 0 ? [`${style.green('✓')} set up before: ${kept.join(', ')}`] : []),
    `${told.length > 0 ? `Written for ${told.join(', ')}` : 'No client file was written'}; ${(duration / 1000).toFixed(1)} s in all.`,
    [
      'next:',
      ...(example ? [`  mcpctl call ${example.name} ${example.verification?.firstCall?.tool}`] : []),
      '  mcpctl add linear          one more server',
      '  mcpctl doctor              is everything well?',
    ].join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
