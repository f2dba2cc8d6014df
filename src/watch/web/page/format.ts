/** Short texts for numbers and times; a dash where there is nothing. */
const NOTHING = '–';

export function milliseconds(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

export function percent(share: number | null): string {
  if (share === null) return NOTHING;
  const value = share * 100;
  return value > 0 && value < 1 ? '< 1 %' : `${Math.round(value)} %`;
}

export function rate(perMinute: number): string {
  if (perMinute === 0 || perMinute >= 10) return String(Math.round(perMinute));
  return perMinute < 0.1 ? '< 0.1' : perMinute.toFixed(1);
}

export function mebibytes(bytes: number | null): string {
  return bytes === null ? NOTHING : `${Math.round(bytes / 1024 / 1024)} MiB`;
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString('en')} ${value === 1 ? one : many}`;
}

export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

export function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}

export function minuteOf(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

export function dayAndTime(iso: string): string {
  const date = new Date(iso);
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return `${day} ${date.toLocaleTimeString('en-GB')}`;
}

/** How long ago or ahead, in its largest unit. */
export function distance(iso: string, now: string): string {
  const seconds = Math.round(Math.abs(Date.parse(now) - Date.parse(iso)) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}
