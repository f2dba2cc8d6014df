// Medians of interleaved rounds: what the machine does meanwhile hits every contestant alike.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs every contestant once a round, in an order that turns with the rounds. `contestants`: name → async () => number.
 * Returns name → one number a round.
 */
export async function interleave(contestants, rounds) {
  const names = Object.keys(contestants);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round) % names.length];
      results[name].push(await contestants[name]());
    }
  }
  return results;
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

/** Runs a program to its end; fails with what it said when its status is not among `statuses`. */
export function finish(command, args, { statuses = [0], ...options } = {}) {
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
    child.on('error', reject);
    child.on('close', (status) => {
      if (statuses.includes(status)) resolve({ status, stdout, stderr });
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
