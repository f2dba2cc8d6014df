// `node test/bench/chaos.mjs [--minutes 10] [--kill-every 5]`: ten servers behind one gateway, sixteen clients, a
// server killed every few seconds, Redis restarted twice. Prints a table; ends with 1 when a bar is broken.
import { parseArgs } from 'node:util';
import { fromSupport, root } from './from-support.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, 'kill-every': { type: 'string', default: '5' } },
});
const minutes = Number(values.minutes);
const { runChaos } = await fromSupport('chaos/run-chaos.ts');
const { barsOf, quantile } = await fromSupport('chaos/bars.ts');
const report = await runChaos({
  root,
  seconds: minutes * 60,
  killEveryMs: Number(values['kill-every']) * 1000,
  say: (line) => process.stderr.write(`chaos: ${line}\n`),
});
const bars = barsOf(report, { steady: minutes >= 5 });
const { crashes, resident, failedReads, unsureWrites, failedLists, orphans, redisRestarts } = report;
for (const { what, value, atMost } of bars) {
  const mark = value <= atMost ? 'ok  ' : 'MISS';
  console.log(`${mark}  ${value.toFixed(0).padStart(7)}  <= ${String(atMost).padEnd(5)}  ${what}`);
}
const half = (values) => quantile(values, 0.5).toFixed(0);
console.log(`      after a crash, median: ${half(crashes.map(({ recoveredMs }) => recoveredMs))} ms`);
console.log(`      own start-up, median: ${half(crashes.map(({ startUpMs }) => startUpMs))} ms`);
console.log(
  `      resident memory, first and last: ${resident[0].toFixed(0)}, ${resident.at(-1).toFixed(0)} MiB`,
);
console.log(`      ${redisRestarts} restarts of Redis`);
console.log(`      ${JSON.stringify({ failedReads, unsureWrites, failedLists, orphans })}`);
if (bars.some(({ value, atMost }) => value > atMost)) {
  console.log(report.said.slice(-3000));
  process.exitCode = 1;
}
