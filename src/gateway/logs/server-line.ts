/** A line of `<server>.log`. */
export interface ServerLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly pid: number;
  readonly source: string;
  readonly text: string;
}

export function serverLine({ at, pid, source, text }: ServerLine): string {
  return `${new Date(at).toISOString()} ${pid} ${source} ${text}\n`;
}

const PATTERN = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\d+) (stderr|stdout) (.*)$/s;

/** Undefined for what `serverLine` did not write, as when a line was cut. */
export function parseServerLine(line: string): ServerLine | undefined {
  const [, time = '', pid, source = '', text = ''] = PATTERN.exec(line) ?? [];
  const at = Date.parse(time);
  return Number.isNaN(at) ? undefined : { at, pid: Number(pid), source, text };
}
