// `npm run bench [-- --json] [--rounds 9] [--only start,calls] [--peers folder]`: ratios against floors and peers in
// one run. Ends with 1 when a bar is missed, and with 2 when an item could not be measured.
import { parseArgs } from 'node:util';
import * as cache from './items/cache.mjs';
import * as calls from './items/calls.mjs';
import * as catalog from './items/catalog.mjs';
import * as crash from './items/crash.mjs';
import * as firstCall from './items/first-call.mjs';
import * as gateway from './items/gateway.mjs';
import * as install from './items/install.mjs';
import * as memory from './items/memory.mjs';
import * as newServer from './items/new-server.mjs';
import * as oneShot from './items/one-shot.mjs';
import * as signIn from './items/sign-in.mjs';
import * as start from './items/start.mjs';
import { STATISTIC } from './measure.mjs';
import { createSetting } from './setting.mjs';

const ITEMS = [
  start,
  calls,
  crash,
  firstCall,
  gateway,
  cache,
  memory,
  oneShot,
  signIn,
  install,
  catalog,
  newServer,
];

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '9' },
    only: { type: 'string' },
    peers: { type: 'string' },
  },
});
const wanted = values.only?.split(',');
const progress = (text) => process.stderr.write(`bench: ${text}\n`);
const findings = [];
const unmeasured = [];

for (const item of ITEMS.filter(({ name }) => !wanted || wanted.includes(name))) {
  const setting = await createSetting({ peers: values.peers, progress });
  try {
    for (const command of item.needs ?? []) {
      if (!(await setting.has(command))) unmeasured.push(`${item.name}: there is no command ${command}`);
    }
    if (item.needs && !(await some(item.needs, setting.has))) continue;
    progress(item.name);
    findings.push(...(await item.run(setting, { rounds: Number(values.rounds) })));
  } catch (error) {
    unmeasured.push(`${item.name}: ${error.stack}`);
  } finally {
    await setting.close();
  }
}

const rows = findings.map((finding) => ({ ...finding, ...(finding.bar && { met: isMet(finding) }) }));
if (values.json) {
  console.log(
    JSON.stringify(
      { node: process.version, platform: process.platform, statistic: STATISTIC, rows, unmeasured },
      null,
      2,
    ),
  );
} else {
  console.log(`Node ${process.version}, ${process.platform}; ${STATISTIC}`);
  for (const { what, value, bar, atLeast, met, detail } of rows) {
    const limit = bar === undefined ? '' : `${atLeast ? '>=' : '<='} ${bar}`;
    const mark = met === undefined ? '    ' : met ? 'ok  ' : 'MISS';
    const rounds = `${detail.rounds} rounds`.padEnd(9);
    console.log(`${mark}  ${value.toFixed(2).padStart(7)}  ${limit.padEnd(7)}  ${rounds}  ${what}`);
  }
  for (const reason of unmeasured) console.log(`----  not measured  ${reason}`);
}
if (unmeasured.length > 0) process.exitCode = 2;
if (rows.some(({ met }) => met === false)) process.exitCode = 1;

function isMet({ value, bar, atLeast }) {
  return atLeast ? value >= bar : value <= bar;
}

async function some(names, test) {
  for (const name of names) if (await test(name)) return true;
  return false;
}
