import { createEventStream } from '../../src/mcp/http/event-stream.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests know what they sent and assert on what comes.
export type Message = any;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Every message of the answer, in order; events or JSON. */
  readonly messages: Message[];
  readonly text: string;
}

export interface PostOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Gets each message when it comes. */
  onMessage?(message: Message): void;
  onId?(id: string): void;
}

/** Sends one body to the gateway and reads what comes back to its end. */
export async function post(url: string, body: unknown, options: PostOptions = {}): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...bearer(options),
      ...options.headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(options.signal && { signal: options.signal }),
  });
  return await readReply(response, options);
}

function bearer({ token }: PostOptions): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

async function readReply(response: Response, { onMessage, onId }: PostOptions): Promise<Reply> {
  const { status, headers } = response;
  const messages: Message[] = [];
  const take = (message: Message): void => {
    messages.push(message);
    onMessage?.(message);
  };
  if (!headers.get('content-type')?.includes('text/event-stream')) {
    const text = await response.text();
    if (headers.get('content-type')?.includes('json'))
      for (const each of [JSON.parse(text)].flat()) take(each);
    return { status, headers, messages, text };
  }
  let text = '';
  const events = createEventStream({
    onEvent: ({ data }) => take(JSON.parse(data.toString('utf8'))),
    onId: (id) => onId?.(id),
    onRetry: () => {},
  });
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    events.push(Buffer.from(chunk));
  }
  return { status, headers, messages, text };
}

export interface LegacyClient {
  readonly session: string;
  /** The result of `initialize`. */
  readonly initialized: Message;
  /** Every notification and question that came, in order. */
  readonly received: Message[];
  /** The response to a request. */
  request(
    method: string,
    params?: object,
    options?: PostOptions & { id?: number | string },
  ): Promise<Message>;
  /** The whole reply, as HTTP has it. */
  post(body: unknown, options?: PostOptions): Promise<Reply>;
  notify(method: string, params?: object): Promise<Reply>;
  call(tool: string, args?: object, options?: PostOptions): Promise<Message>;
  /** Opens the stream on which the server speaks unasked; settles once it is open. */
  listen(
    options?: Pick<PostOptions, 'onId' | 'onMessage'> & { lastEventId?: string },
  ): Promise<{ status: number; close(): void }>;
  /** Settles with the first message received, past or future, that fits. */
  message(fits: (message: Message) => boolean): Promise<Message>;
  end(): Promise<number>;
}

export interface LegacyClientOptions {
  readonly url: string;
  readonly token?: string;
  readonly version?: string;
  readonly capabilities?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers what the server asks: a result, or `{ error }`. */
  answer?(method: string, params: Message): object | Promise<object>;
}

/** A client of the legacy era, after its handshake. */
export async function legacyClient(options: LegacyClientOptions): Promise<LegacyClient> {
  const { url, token = '', version = '2025-11-25', capabilities = {}, answer } = options;
  const received: Message[] = [];
  const waiting = new Set<() => void>();
  let lastId = 0;
  let headers: Record<string, string> = { ...options.headers };
  const send = async (body: unknown, more: PostOptions = {}): Promise<Reply> =>
    await post(url, body, {
      token,
      ...more,
      headers: { ...headers, ...more.headers },
      onMessage: take(more),
    });
  const take = (more: PostOptions) => (message: Message) => {
    more.onMessage?.(message);
    if (message.method === undefined) return;
    received.push(message);
    for (const check of [...waiting]) check();
    if (message.id === undefined || !answer) return;
    void Promise.resolve(answer(message.method, message.params)).then((result) =>
      send({ jsonrpc: '2.0', id: message.id, ...('error' in result ? result : { result }) }),
    );
  };
  const request = async (
    method: string,
    params?: object,
    more: PostOptions & { id?: number | string } = {},
  ) => {
    lastId += 1;
    const id = more.id ?? lastId;
    const reply = await send({ jsonrpc: '2.0', id, method, ...(params && { params }) }, more);
    const response = reply.messages.find((message) => message.id === id && message.method === undefined);
    if (!response) throw new Error(`no answer to ${method}: ${reply.status} ${reply.text}`);
    return response;
  };
  const clientInfo = { name: 'test-client', version: '1.0.0' };
  const first = await send({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: version, capabilities, clientInfo },
  });
  const session = first.headers.get('mcp-session-id') ?? '';
  const initialized = first.messages.at(-1)?.result;
  if (!initialized) throw new Error(`no session: ${first.status} ${first.text}`);
  headers = { ...headers, 'mcp-session-id': session, 'mcp-protocol-version': initialized.protocolVersion };
  const notify = async (method: string, params?: object): Promise<Reply> =>
    await send({ jsonrpc: '2.0', method, ...(params && { params }) });
  await notify('notifications/initialized');
  return {
    session,
    initialized,
    received,
    request,
    post: send,
    notify,
    call: (name, args = {}, more) => request('tools/call', { name, arguments: args }, more),
    async listen({ lastEventId, ...more } = {}) {
      const controller = new AbortController();
      const response = await fetch(url, {
        headers: {
          accept: 'text/event-stream',
          ...bearer({ token }),
          ...headers,
          ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        },
        signal: controller.signal,
      });
      readReply(response, { ...more, onMessage: take(more) }).catch(() => {});
      return { status: response.status, close: () => controller.abort() };
    },
    message: (fits) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = received.find(fits);
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    async end() {
      const response = await fetch(url, { method: 'DELETE', headers: { ...bearer({ token }), ...headers } });
      return response.status;
    },
  };
}

export interface ModernRequest extends PostOptions {
  readonly url: string;
  readonly method: string;
  readonly params?: Message;
  readonly id?: number | string;
  readonly version?: string;
  readonly capabilities?: object;
}

/** One request of 2026-07-28, with the headers it wants. */
export async function modernRequest(request: ModernRequest): Promise<Reply> {
  const {
    url,
    method,
    params = {},
    id = 1,
    version = '2026-07-28',
    capabilities = {},
    headers,
    ...more
  } = request;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    'io.modelcontextprotocol/clientInfo': { name: 'test-client', version: '1.0.0' },
    ...params._meta,
  };
  const name = method === 'resources/read' ? params.uri : params.name;
  return await post(
    url,
    { jsonrpc: '2.0', id, method, params: { ...params, _meta } },
    {
      ...more,
      headers: {
        'mcp-protocol-version': version,
        'mcp-method': method,
        ...(typeof name === 'string' && { 'mcp-name': name }),
        ...headers,
      },
    },
  );
}
