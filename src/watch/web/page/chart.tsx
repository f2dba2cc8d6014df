import { useState } from 'preact/hooks';
import type { Activity, Minute } from '../wire.ts';
import { count, minuteOf } from './format.ts';

const WIDTH = 600;
const HEIGHT = 140;
const MINUTE_MS = 60_000;
const KINDS = ['ok', 'failed', 'refused'] as const;
const TICKS = [60, 45, 30, 15];

/** Calls of the last hour, a bar a minute; the arrow keys go through them. */
export function CallsChart({ activity }: { activity: Activity }) {
  const { minutes } = activity;
  const [chosen, choose] = useState<number | undefined>();
  const most = niceTop(Math.max(...minutes.map(sumOf)));
  const step = WIDTH / minutes.length;
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    choose(Math.min(minutes.length - 1, Math.max(0, move(chosen ?? minutes.length, minutes.length))));
  };
  return (
    <figure class="chart">
      <figcaption>
        <span class="readout" aria-live="polite">
          {chosen === undefined ? ofAll(minutes) : ofMinute(activity, chosen)}
        </span>
        <span class="legend" aria-hidden="true">
          {KINDS.map((kind) => (
            <span key={kind} class={kind}>
              {kind}
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot">
        <span class="top" aria-hidden="true">
          {most}
        </span>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls. */}
        <div
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go through its minutes.
          tabIndex={0}
          aria-label={LABEL}
          onKeyDown={onKeyDown}
          onBlur={() => choose(undefined)}
        >
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
            {[0, 0.5, 1].map((part) => (
              <line key={part} x1="0" x2={WIDTH} y1={part * HEIGHT} y2={part * HEIGHT} />
            ))}
            {minutes.map((minute, index) => (
              // biome-ignore lint/a11y/noStaticElementInteractions: the keys do the same.
              <g
                key={index}
                class={index === chosen ? 'chosen' : undefined}
                onMouseEnter={() => choose(index)}
                onMouseLeave={() => choose(undefined)}
              >
                <rect class="area" x={index * step} y="0" width={step} height={HEIGHT} />
                {barsOf(minute, most).map(({ kind, y, height }) => (
                  <rect key={kind} class={kind} x={index * step + 1} width={step - 2} y={y} height={height} />
                ))}
              </g>
            ))}
          </svg>
        </div>
        <p class="ticks" aria-hidden="true">
          {TICKS.map((ago) => (
            <span key={ago}>{minuteOf(Date.parse(activity.until) - ago * MINUTE_MS)}</span>
          ))}
          <span>now</span>
        </p>
      </div>
    </figure>
  );
}

const LABEL = 'Calls in each minute of the last hour. The arrow keys go through the minutes.';

const MOVES: Readonly<Record<string, (at: number, length: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  Home: () => 0,
  End: (_, length) => length - 1,
};

/** Without axes: how busy a server was. */
export function Spark({ minutes }: { minutes: readonly number[] | undefined }) {
  if (!minutes) return <span class="empty">no calls</span>;
  const most = Math.max(1, ...minutes);
  const points = minutes.map((calls, index) => `${index},${(15 - (calls / most) * 14).toFixed(1)}`);
  return (
    <svg class="spark" viewBox={`0 0 ${minutes.length - 1} 16`} preserveAspectRatio="none" aria-hidden="true">
      <path class="under" d={`M0,16L${points.join('L')}L${minutes.length - 1},16Z`} />
      <path class="line" d={`M${points.join('L')}`} />
    </svg>
  );
}

function barsOf(minute: Minute, most: number): { kind: string; y: number; height: number }[] {
  let y = HEIGHT;
  return KINDS.flatMap((kind) => {
    const value = minute[kind];
    if (value === 0) return [];
    // What failed once among thousands is still to be seen.
    const height = Math.max(2, (value / most) * HEIGHT);
    y -= height;
    return [{ kind, y, height }];
  });
}

function sumOf({ ok, failed, refused }: Minute): number {
  return ok + failed + refused;
}

/** A round number the bars fit under. */
function niceTop(most: number): number {
  const steps = [4, 10, 20, 40, 60, 100];
  for (let scale = 1; ; scale *= 10) {
    const top = steps.map((step) => step * scale).find((each) => each >= most);
    if (top !== undefined) return top;
  }
}

function ofAll(minutes: readonly Minute[]): string {
  const total = (kind: keyof Minute): number => minutes.reduce((sum, minute) => sum + minute[kind], 0);
  const [ok, failed, refused] = [total('ok'), total('failed'), total('refused')];
  return inWords({ ok, failed, refused });
}

function ofMinute({ minutes, until }: Activity, index: number): string {
  const time = minuteOf(Date.parse(until) - (minutes.length - index) * MINUTE_MS);
  return `${time}: ${inWords(minutes[index] ?? { ok: 0, failed: 0, refused: 0 })}`;
}

function inWords(minute: Minute): string {
  const all = sumOf(minute);
  if (all === 0) return 'no calls';
  const { failed, refused } = minute;
  return `${count(all, 'call')}, ${failed} failed${refused > 0 ? `, ${refused} refused` : ''}`;
}
