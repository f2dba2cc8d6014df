import type { Style } from '../../../platform/style.ts';
import type { ObservedServer } from '../../../watch/observation.ts';

/** What a text means; colours say it again, never alone. */
export type Tone = 'plain' | 'dim' | 'good' | 'warn' | 'bad' | 'note' | 'strong';

export function paint(text: string, tone: Tone, style: Style): string {
  switch (tone) {
    case 'dim':
      return style.dim(text);
    case 'good':
      return style.green(text);
    case 'warn':
      return style.yellow(text);
    case 'bad':
      return style.red(text);
    case 'note':
      return style.cyan(text);
    case 'strong':
      return style.bold(text);
    default:
      return text;
  }
}

interface Look {
  /** One column wide. */
  readonly symbol: string;
  readonly tone: Tone;
}

/** Worst first. */
export const STATES: Readonly<Record<ObservedServer['state'], Look>> = {
  failed: { symbol: '✗', tone: 'bad' },
  degraded: { symbol: '▲', tone: 'warn' },
  'needs-auth': { symbol: '◆', tone: 'warn' },
  starting: { symbol: '◌', tone: 'note' },
  healthy: { symbol: '●', tone: 'good' },
  dormant: { symbol: '○', tone: 'dim' },
  stopped: { symbol: '■', tone: 'dim' },
};

export const STATE_NAMES = Object.keys(STATES) as ObservedServer['state'][];

/** True for a server somebody has to look after. */
export function isTroubled({ state, warnings }: ObservedServer): boolean {
  return state === 'failed' || state === 'degraded' || state === 'needs-auth' || warnings.length > 0;
}
