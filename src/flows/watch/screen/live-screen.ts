import { asKnown } from '../../../core/errors.ts';
import type { Style } from '../../../platform/style.ts';
import { openTerminalScreen, type TerminalScreen } from '../../../platform/terminal-screen.ts';
import type { Observation } from '../../../watch/observation.ts';
import { type Change, changesSince } from '../changes.ts';
import type { Told, Watching } from '../parts.ts';
import { type LogTail, openLogTail } from './log-tail.ts';
import { press, type Wish } from './press.ts';
import { renderScreen } from './render-screen.ts';
import { FIRST_VIEW, type Notice, type ScreenFacts, type View } from './view.ts';

/** Between two drawings that nobody asked for by a key. */
const DRAW_MS = 250;
/** Times that are shown go on, whatever is observed. */
const CLOCK_MS = 1000;
const NOTICE_MS = 8000;
/** Whatever else wrote on the terminal is gone after so long. */
const RENEW_MS = 15_000;
const MOST_CHANGES = 200;

/** Every server on one screen, drawn in place, until the user quits or the signal aborts. @throws why the first round failed. */
export async function liveScreen(watching: Watching, told: () => readonly Told[]): Promise<void> {
  const { watcher, signal } = watching;
  const screen = new LiveScreen(watching, told);
  // At once: whoever stops a process twice ends it before anything else could be done.
  signal.addEventListener('abort', () => screen.close(), { once: true });
  const unsubscribe = watcher.subscribe((observation) => screen.observed(observation));
  try {
    await Promise.race([watcher.firstRound(), screen.over]);
    await screen.over;
  } finally {
    unsubscribe();
    screen.close();
  }
}

class LiveScreen {
  readonly #watching: Watching;
  readonly #told: () => readonly Told[];
  readonly #terminal: TerminalScreen;
  readonly #startedAt: number;
  readonly #style: Style;
  readonly over: Promise<void>;
  #end = (): void => {};
  #observation: Observation | undefined;
  #changes: Change[] = [];
  #view: View = FIRST_VIEW;
  #notice: (Notice & { readonly until: number }) | undefined;
  #tail: LogTail | undefined;
  #reach = 0;
  #drawnAt = 0;
  #renewedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #clock: NodeJS.Timeout;

  constructor(watching: Watching, told: () => readonly Told[]) {
    this.#watching = watching;
    this.#told = told;
    const { stdin, stdout, now, output } = watching.context;
    this.#style = output.answerStyle;
    this.#startedAt = now().getTime();
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#terminal = openTerminalScreen({
      input: stdin,
      output: stdout,
      pressed: (key) => this.#pressed(key),
      stale: () => this.#draw(),
    });
    this.#clock = setInterval(() => this.#drawSoon(), CLOCK_MS);
    this.#draw();
    if (watching.signal.aborted) this.close();
  }

  observed(observation: Observation): void {
    const found = changesSince(this.#observation, observation);
    // How servers were found is on the screen already, but for what is wrong.
    const changes = this.#observation ? found : found.filter(({ remark }) => remark);
    this.#changes = [...this.#changes, ...changes].slice(-MOST_CHANGES);
    this.#observation = observation;
    const { selected } = this.#view;
    const isThere = observation.servers.some(({ name }) => name === selected);
    if (!isThere) this.#view = { ...this.#view, selected: observation.servers[0]?.name, asked: undefined };
    this.#drawSoon();
  }

  close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#clock);
    this.#tail?.close();
    this.#terminal.close();
    this.#end();
  }

  #pressed(key: string): void {
    const servers = this.#observation?.servers ?? [];
    const { view, wish } = press(key, { view: this.#view, servers, reach: this.#reach });
    this.#view = view;
    this.#notice = undefined;
    if (wish) this.#grant(wish);
    this.#draw();
  }

  #grant(wish: Wish): void {
    const { watcher } = this.#watching;
    if (wish.wish === 'restart') {
      const { server } = wish;
      this.#perform(`Restarting ${server}`, `${server} was restarted`, () => watcher.restart(server));
    } else if (wish.wish === 'check') {
      const { server } = wish;
      this.#perform(`Checking ${server}`, `${server} was checked`, () => watcher.probeNow(server));
    } else if (wish.wish === 'quit') this.#end();
    else if (wish.wish === 'redraw') this.#terminal.forget();
    else if (watcher.isPaused) watcher.resume();
    else watcher.pause();
  }

  /** Does something that takes a while, and says so. */
  #perform(doing: string, done: string, act: () => Promise<unknown>): void {
    this.#tell({ text: `${doing} …`, tone: 'note' }, Number.POSITIVE_INFINITY);
    act().then(
      () => this.#tell({ text: `${done}.`, tone: 'good' }),
      (error: unknown) => {
        const { message, hint } = asKnown(error);
        this.#tell({ text: hint === undefined ? message : `${message} ${hint}`, tone: 'bad' });
      },
    );
  }

  #tell(notice: Notice, lasts = NOTICE_MS): void {
    this.#notice = { ...notice, until: this.#now() + lasts };
    this.#drawSoon();
  }

  #now(): number {
    return this.#watching.context.now().getTime();
  }

  #drawSoon(): void {
    const wait = Math.max(0, this.#drawnAt + DRAW_MS - this.#now());
    this.#timer ??= setTimeout(() => this.#draw(), Math.min(wait, DRAW_MS));
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnAt = this.#now();
    if (this.#drawnAt - this.#renewedAt > RENEW_MS) {
      this.#renewedAt = this.#drawnAt;
      this.#terminal.forget();
    }
    if (this.#notice && this.#notice.until < this.#drawnAt) this.#notice = undefined;
    this.#followLogs();
    const { rows, reach } = renderScreen(this.#facts(), this.#terminal.size, this.#style);
    this.#reach = reach;
    this.#terminal.draw(rows);
  }

  #facts(): ScreenFacts {
    return {
      observation: this.#observation,
      changes: this.#changes,
      logs: this.#tail?.lines ?? [],
      isPaused: this.#watching.watcher.isPaused,
      startedAt: this.#startedAt,
      now: this.#drawnAt,
      notice: this.#notice,
      told: this.#told(),
      view: this.#view,
    };
  }

  /** Reads the logs that are shown, and no others. */
  #followLogs(): void {
    const { selected, pane } = this.#view;
    const wanted = pane === 'logs' ? selected : undefined;
    if (wanted === this.#tail?.server) return;
    this.#tail?.close();
    this.#tail =
      wanted === undefined
        ? undefined
        : openLogTail(wanted, this.#watching.context.paths.logs, () => this.#drawSoon());
  }
}
