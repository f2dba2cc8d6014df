import type { IncomingMessage, ServerResponse } from 'node:http';
import { McpctlError } from '../../core/errors.ts';
import { type Expectation, hasState, judgeRequest, SIGN_IN_MARK } from './judge.ts';
import { outcomePage, PAGE_HEADERS, type SignInOutcome, strangerPage, waitingPage } from './page.ts';

/** How long a page may take to reach the browser when the listener closes. */
const FAREWELL_MS = 1_000;

/** One redirect that is waited for. */
interface Round {
  readonly state: string;
  readonly settle: (url: URL) => void;
  readonly fail: (error: unknown) => void;
}

/** Takes what arrives at the listener, and hands out pages. Contract: `CallbackServer`. */
export class CallbackDesk {
  readonly #expectation: Expectation;
  readonly #holdMs: number;
  /** Redirects that came before anybody said which state is right. */
  readonly #early: { url: URL; response: ServerResponse }[] = [];
  /** Browsers that wait for the outcome. */
  readonly #held = new Map<ServerResponse, NodeJS.Timeout>();
  readonly #sending = new Set<Promise<unknown>>();
  #round: Round | undefined;
  #outcome: SignInOutcome | undefined;
  #left = false;

  constructor(expectation: Expectation, holdMs: number) {
    this.#expectation = expectation;
    this.#holdMs = holdMs;
  }

  receive(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const verdict = judgeRequest(request, this.#expectation);
    if (verdict.kind === 'refused') this.#refuse(response, verdict.status, verdict.reason);
    else if (this.#round === undefined) this.#early.push({ url: verdict.url, response });
    else this.#deliver(this.#round, verdict.url, response);
  }

  arrived(state: string, signal: AbortSignal): Promise<URL> {
    this.#round?.fail(ended());
    this.#outcome = undefined;
    this.#sendHeldToTerminal();
    return new Promise((resolve, reject) => {
      if (signal.aborted || this.#left) return reject(signal.aborted ? signal.reason : ended());
      const onAbort = (): void => reject(signal.reason);
      const done = (): void => signal.removeEventListener('abort', onAbort);
      signal.addEventListener('abort', onAbort, { once: true });
      const round: Round = {
        state,
        settle: (url) => {
          done();
          resolve(url);
        },
        fail: (error) => {
          done();
          reject(error);
        },
      };
      this.#round = round;
      for (const { url, response } of this.#early.splice(0)) this.#deliver(round, url, response);
    });
  }

  answer(outcome: SignInOutcome): void {
    this.#outcome = outcome;
    for (const response of [...this.#held.keys()]) this.#release(response, outcomePage(outcome));
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#round?.fail(ended());
    for (const { response } of this.#early.splice(0)) this.#send(response, 400, strangerPage());
    this.#sendHeldToTerminal();
    const late = new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref());
    await Promise.race([Promise.all(this.#sending), late]);
  }

  #deliver(round: Round, url: URL, response: ServerResponse): void {
    if (!hasState(url, round.state)) this.#send(response, 400, strangerPage());
    else if (this.#outcome !== undefined) this.#send(response, 200, outcomePage(this.#outcome));
    else {
      this.#hold(response);
      // Settling again is without effect: only the first delivery counts.
      round.settle(url);
    }
  }

  #hold(response: ServerResponse): void {
    const timer = setTimeout(() => this.#release(response, waitingPage()), this.#holdMs);
    this.#held.set(response, timer);
    response.once('close', () => {
      clearTimeout(timer);
      this.#held.delete(response);
    });
  }

  #sendHeldToTerminal(): void {
    for (const response of [...this.#held.keys()]) this.#release(response, waitingPage());
  }

  #release(response: ServerResponse, page: string): void {
    clearTimeout(this.#held.get(response));
    this.#held.delete(response);
    this.#send(response, 200, page);
  }

  #refuse(response: ServerResponse, status: number, reason: string): void {
    if (status === 405) response.setHeader('Allow', 'GET');
    this.#send(response, status, `${reason}\n`, 'text/plain; charset=utf-8');
  }

  #send(response: ServerResponse, status: number, body: string, type = 'text/html; charset=utf-8'): void {
    const sent = new Promise<void>((resolve) => response.once('close', resolve));
    this.#sending.add(sent);
    sent.then(() => this.#sending.delete(sent));
    response.writeHead(status, {
      ...PAGE_HEADERS,
      Server: SIGN_IN_MARK,
      Connection: 'close',
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  }
}

function ended(): McpctlError {
  return new McpctlError('CANCELLED', 'The listener for the sign-in was closed.');
}
