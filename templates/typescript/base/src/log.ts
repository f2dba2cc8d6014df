const LEVELS = { debug: 10, info: 20, warn: 30, error: 40 } as const;

export type Level = keyof typeof LEVELS;

type Write = (message: string, facts?: Readonly<Record<string, unknown>>) => void;

/** One JSON object a line. Never on stdout, which belongs to the protocol. */
export type Log = Readonly<Record<Level, Write>>;

export function createLog({
  level,
  stream,
}: {
  readonly level: Level;
  readonly stream: { write(text: string): unknown };
}): Log {
  const at =
    (own: Level): Write =>
    (message, facts = {}) => {
      if (LEVELS[own] < LEVELS[level]) return;
      stream.write(`${JSON.stringify({ time: new Date().toISOString(), level: own, message, ...facts })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
