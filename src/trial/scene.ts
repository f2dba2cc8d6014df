import { randomUUID } from 'node:crypto';
import { McpctlError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Era } from '../mcp/greeting.ts';
import { createServerLog, type ServerLog } from '../mcp/server-log.ts';
import type { ServerTarget, Transport } from '../mcp/transport.ts';
import type { Fetch } from '../platform/fetch.ts';
import { type Definitions, readDefinitions } from './definitions.ts';
import type { ExampleFile } from './examples/example-file.ts';
import type { Recording } from './examples/recording.ts';
import type { LoadFigures } from './load/figures.ts';
import { type SampleCall, trySamples } from './samples.ts';
import type { Answer } from './talk/answer.ts';
import { greetIn, type Hello, helloOf } from './talk/begin.ts';
import { openTalk, type Talk, type TalkOptions } from './talk/talk.ts';

export interface SceneOptions {
  /** What clients call the server. */
  readonly name: string;
  readonly target: ServerTarget;
  /** A fresh way to it, not started. A program gets `extraEnv` besides its own environment. */
  transport(log: ServerLog, extraEnv: Readonly<Record<string, string>>): Promise<Transport>;
  readonly platform: NodeJS.Platform;
  readonly client: { readonly name: string; readonly version: string };
  /** Longest wait for one answer, in milliseconds. */
  readonly waitMs: number;
  /** The values of its keys, which must appear nowhere. */
  readonly secrets: readonly string[];
  readonly examples?: ExampleFile;
  /** Sessions to repeat. */
  readonly recordings: readonly Recording[];
  /** For servers reached by an address; without it, checks of HTTP itself are skipped. */
  readonly fetch?: Fetch;
  /** True: answers become the snapshots of their examples instead of being compared with them. */
  readonly updatesSnapshots: boolean;
  /** An existing folder that the server has no business in. */
  readonly outsideFolder: string;
  /** False: no tool is called but those of examples. */
  readonly mayCall: boolean;
  readonly signal: AbortSignal;
}

/** A server on trial: its talks, and what is learned of it once and used by many checks. */
export interface Scene extends Omit<SceneOptions, 'transport'> {
  /** Eras it speaks, the older first. */
  readonly eras: readonly Era[];
  readonly hellos: ReadonlyMap<Era, Hello>;
  /** How it answered the first request of an era, also one it does not speak. */
  readonly greetings: ReadonlyMap<Era, Answer>;
  /** Every talk so far. */
  readonly talks: readonly Talk[];
  /** Lines of stdout that were no messages. */
  readonly junk: readonly string[];
  /** Lines of stderr. */
  readonly said: readonly string[];
  /** A value that stands in the environment of its program and nowhere else. */
  readonly canary: string;
  readonly extraEnv: Readonly<Record<string, string>>;
  /** What the snapshots of examples would be by the answers of this trial. */
  readonly snapshots: Map<string, JsonObject>;
  /** What a load test measured. */
  load?: LoadFigures;
  /** A new talk in which nothing was said yet. The scene closes it. */
  start(era: Era, options?: TalkHabits): Promise<Talk>;
  /** A new talk, greeted. The scene closes it. @throws SERVER_PROTOCOL when the greeting failed. */
  open(era: Era, options?: TalkHabits): Promise<Talk>;
  /** A talk that several checks use, begun again where it ended. */
  shared(era: Era): Promise<Talk>;
  /** Whether the shared talk is still answered; one that is not is given up. Says what happened if not. */
  survived(era: Era): Promise<string | undefined>;
  definitions(): Promise<Definitions>;
  /** One call of each tool that only reads. */
  samples(): Promise<readonly SampleCall[]>;
  close(): Promise<void>;
}

type TalkHabits = Pick<TalkOptions, 'reply' | 'forgets'>;

/** Named like a key, so that a server that shows variables and hides keys passes. */
const CANARY_VARIABLE = 'MCPCTL_TEST_TOKEN';
/** More is the same over and over. */
const KEPT_LINES = 2000;

/** Greets the server in both eras. @throws what starting it throws, when it speaks none. */
export async function openScene(options: SceneOptions): Promise<Scene> {
  const scene = new OpenScene(options);
  try {
    await scene.begin();
    return scene;
  } catch (error) {
    await scene.close();
    throw error;
  }
}

class OpenScene implements Scene {
  readonly name: string;
  readonly target: ServerTarget;
  readonly platform: NodeJS.Platform;
  readonly client: SceneOptions['client'];
  readonly waitMs: number;
  readonly secrets: readonly string[];
  readonly mayCall: boolean;
  readonly outsideFolder: string;
  readonly updatesSnapshots: boolean;
  readonly recordings: readonly Recording[];
  readonly fetch?: Fetch;
  readonly signal: AbortSignal;
  readonly snapshots = new Map<string, JsonObject>();
  readonly examples?: ExampleFile;
  load?: LoadFigures;
  readonly hellos = new Map<Era, Hello>();
  readonly greetings = new Map<Era, Answer>();
  readonly talks: Talk[] = [];
  readonly junk: string[] = [];
  readonly said: string[] = [];
  readonly canary = `mcpctl-canary-${randomUUID()}`;
  readonly extraEnv = { [CANARY_VARIABLE]: this.canary };
  readonly #options: SceneOptions;
  readonly #shared = new Map<Era, Talk>();
  #definitions: Promise<Definitions> | undefined;
  #samples: Promise<readonly SampleCall[]> | undefined;

  constructor(options: SceneOptions) {
    this.#options = options;
    this.name = options.name;
    this.target = options.target;
    this.platform = options.platform;
    this.client = options.client;
    this.waitMs = options.waitMs;
    this.secrets = options.secrets;
    this.mayCall = options.mayCall;
    this.outsideFolder = options.outsideFolder;
    this.updatesSnapshots = options.updatesSnapshots;
    this.signal = options.signal;
    this.recordings = options.recordings;
    if (options.examples) this.examples = options.examples;
    if (options.fetch) this.fetch = options.fetch;
  }

  get eras(): readonly Era[] {
    return (['legacy', 'modern'] as const).filter((era) => this.hellos.has(era));
  }

  async begin(): Promise<void> {
    // A program that refuses the first request may end: each era gets a program of its own.
    await Promise.all((['legacy', 'modern'] as const).map((era) => this.#meet(era)));
  }

  async start(era: Era, habits: TalkHabits = {}): Promise<Talk> {
    this.signal.throwIfAborted();
    const log = createServerLog({
      redact: (text) => text,
      write: (line, source) => {
        const lines = source === 'stdout' ? this.junk : this.said;
        if (lines.length < KEPT_LINES) lines.push(line);
      },
    });
    const transport = await this.#options.transport(log, this.extraEnv);
    const { client, waitMs } = this;
    const talk = await openTalk({ era, transport, client, waitMs, ...habits });
    this.talks.push(talk);
    return talk;
  }

  async open(era: Era, habits: TalkHabits = {}): Promise<Talk> {
    const talk = await this.start(era, habits);
    const answer = await greetIn(talk, this.client);
    if (!helloOf(era, answer)) {
      await talk.close();
      throw new McpctlError('SERVER_PROTOCOL', `${this.name} did not answer a new client.`);
    }
    if (era === 'legacy') await talk.notify('notifications/initialized');
    return talk;
  }

  async shared(era: Era): Promise<Talk> {
    const known = this.#shared.get(era);
    if (known && known.ended === undefined) return known;
    const talk = await this.open(era);
    this.#shared.set(era, talk);
    return talk;
  }

  async survived(era: Era): Promise<string | undefined> {
    const talk = this.#shared.get(era);
    if (!talk || (await talk.isAlive())) return undefined;
    this.#shared.delete(era);
    const what = talk.ended === undefined ? 'it answers nothing any more' : talk.ended;
    await talk.close();
    return what;
  }

  definitions(): Promise<Definitions> {
    this.#definitions ??= this.#read();
    return this.#definitions;
  }

  samples(): Promise<readonly SampleCall[]> {
    this.#samples ??= trySamples(this);
    return this.#samples;
  }

  async close(): Promise<void> {
    await Promise.all(this.talks.map((talk) => talk.close()));
  }

  async #read(): Promise<Definitions> {
    const [era] = this.eras;
    const hello = era && this.hellos.get(era);
    if (!hello) throw new McpctlError('INTERNAL', 'Nothing can be asked of a server that speaks no era.');
    return await readDefinitions(await this.shared(hello.era), hello);
  }

  async #meet(era: Era): Promise<void> {
    const talk = await this.start(era);
    const answer = await greetIn(talk, this.client);
    this.greetings.set(era, answer);
    const hello = helloOf(era, answer);
    if (!hello) {
      await talk.close();
      return;
    }
    this.hellos.set(era, hello);
    if (era === 'legacy') await talk.notify('notifications/initialized');
    this.#shared.set(era, talk);
  }
}
