// `node test/bench/audit-sigkill.mjs [--calls 50000] [--kills 20]`: kills the gateway while clients call, and compares
// what was answered with the audit log. Ends with 1 when an answered call is not there or the log is not whole.
import { parseArgs } from 'node:util';
import { fromSupport, root } from './from-support.mjs';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '50000' }, kills: { type: 'string', default: '20' } },
});
const { runSigkills } = await fromSupport('chaos/run-sigkills.ts');
const report = await runSigkills({
  root,
  calls: Number(values.calls),
  kills: Number(values.kills),
  say: (line) => process.stderr.write(`audit-sigkill: ${line}\n`),
});
const { answered, lost, kills, isWhole } = report;
console.log(`answered: ${JSON.stringify(answered)}, with ${kills} kills`);
console.log(`not in the log: ${lost.length} ${lost.slice(0, 5).join(', ')}`);
console.log(`audit verify: ${isWhole ? 'passes' : 'fails'}`);
if (lost.length > 0 || !isWhole) process.exitCode = 1;
