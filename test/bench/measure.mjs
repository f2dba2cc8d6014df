// One statistic for all: contestants take turns, a round's figure is one run or the median of its calls, and what
// counts is the median over the rounds. What the machine does meanwhile hits every contestant alike.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Told to readers of the figures. */
export const STATISTIC =
  'median over interleaved rounds; a round is one run, or the median (p50) of its calls';

const MIN_ROUNDS = 3;
const BUDGET_MS = 75_000;

/**
 * Runs every contestant once a round, in an order that turns with the rounds. `contestants`: name → async () => number.
 * Returns name → one number a round. Begins no further round once `budget` milliseconds are spent, but does three.
 */
export async function interleave(contestants, rounds, { budget = BUDGET_MS } = {}) {
  const names = Object.keys(contestants);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  const until = performance.now() + budget;
  for (let round = 0; round < rounds; round += 1) {
    if (round >= MIN_ROUNDS && performance.now() > until) break;
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round) % names.length];
      results[name].push(await contestants[name]());
    }
  }
  return results;
}

/** What a finding says beside its ratio: the median of each contestant, its unit, and how many rounds there were. */
export function detailOf(results, unit) {
  return { ...medians(results), unit, rounds: Object.values(results)[0].length };
}

export function medians(results) {
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, median(values)]));
}

/** Median over the rounds of what `name` takes longer than `base` in the same round. */
export function added(results, name, base) {
  return median(results[name].map((value, round) => value - results[base][round]));
}

export async function elapsed(action) {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/**
 * Runs a program to its end; fails with what it said when its status is not among `statuses`, or when it is not at
 * its end after `deadline` milliseconds.
 */
export function finish(command, args, { statuses = [0], deadline = 120_000, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, deadline);
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      if (isLate)
        reject(new Error(`${command} ${args.join(' ')} took over ${deadline} ms\n${stdout}${stderr}`));
      else if (statuses.includes(status)) resolve({ status, stdout, stderr });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`));
    });
  });
}

/** CPU milliseconds (user and system) of a program run `times` in a row, for one of them. */
export async function cpuOf(command, args, { times = 3, ...options }) {
  const script = 'TIMEFORMAT="%3U %3S"; time (for run in $(seq "$0"); do "$@" >/dev/null 2>&1 || exit; done)';
  const { stderr } = await finish('bash', ['-c', script, String(times), command, ...args], options);
  const [user, system] = stderr.trim().split(/\s+/).slice(-2).map(Number);
  return ((user + system) * 1000) / times;
}

/** Resident memory of a process. */
export async function residentMebibytes(pid) {
  if (process.platform === 'linux') {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  }
  return Number((await finish('ps', ['-o', 'rss=', '-p', String(pid)])).stdout) / 1024;
}
