// `npm run bench:routing [-- --data folder] [--json]`: how well `route` finds tools, by its batch form. Without data it
// goes over the project's own small set; with a folder of routing-catalogs.json and routing-dev.json over those.
// Ends with 1 when a bar is missed.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { share, shareOfChains, toolScores } from './routing-scores.mjs';

const { values } = parseArgs({
  options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const script = fileURLToPath(new URL('../../bin/mcpctl.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'mcpctl-routing-'));
const rows = [];
try {
  if (values.data === undefined) await ownSet();
  else await developmentSet(values.data);
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify({ node: process.version, rows }, null, 2));
else for (const row of rows) console.log(print(row));
if (rows.some(({ bar, value, atMost }) => bar !== undefined && (atMost ? value > bar : value < bar))) {
  process.exitCode = 1;
}

async function ownSet() {
  const read = async (name) =>
    JSON.parse(await readFile(new URL(`../fixtures/routing/${name}.json`, import.meta.url), 'utf8'));
  const catalog = await read('servers');
  const { requests, chains, outside } = await read('requests');
  const scored = await route(catalog, [...requests, ...chains, ...outside]);
  addTools('own set', requests, scored, { server: 90, 'tool@1': 80, 'tool@3': 90 });
  addMatches('own set', { requests, outside }, scored);
  add('own set: chains, exact', shareOfChains(chains, scored.answers), 80);
}

async function developmentSet(path) {
  const read = async (name) => JSON.parse(await readFile(join(path, name), 'utf8'));
  const catalogs = await read('routing-catalogs.json');
  const dev = await read('routing-dev.json');
  const own = await route(catalogs.enterprise, [...dev.own, ...dev.oos, ...dev.chains]);
  addTools('71 servers', dev.own, own, { server: 94, 'tool@1': 82, 'tool@3': 93 });
  addMatches('71 servers', { requests: dev.own, outside: dev.oos }, own);
  add('71 servers: chains, exact', shareOfChains(dev.chains, own.answers), 80);
  const wide = [...catalogs.enterprise, ...withoutNearDuplicates(catalogs.mcpm, catalogs.enterprise)];
  addTools('with distractors', dev.own, await route(wide, dev.own), { server: 92 });
  const large = [
    ...catalogs.enterprise,
    ...catalogs.mcpm.map((each) => ({ ...each, id: `other-${each.id}` })),
  ];
  const timed = await route(large, dev.own);
  add(`${timed.summary.tools} tools: a request, p50 ms`, timed.summary.p50Ms, 2, true);
  add(`${timed.summary.tools} tools: index, ms`, timed.summary.buildMs, 1000, true);
  addTools('mcpm', dev.mcpm, await route(catalogs.mcpm, dev.mcpm), {});
  addTools('LiveMCPBench steps', dev.livemcpSteps, await route(catalogs.livemcp, dev.livemcpSteps), {});
  addTools('MetaTool, no examples', dev.metatool, await route(catalogs.metatool, dev.metatool), {
    'nDCG@5': 60,
  });
  for (const [examples, folds, used] of [
    [5, 2, [0, 1]],
    [9, 10, [0, 3, 6, 9]],
  ]) {
    const { requests, scored } = await crossValidate(catalogs.metatool, dev.metatool, folds, used);
    addTools(`MetaTool, ${examples} examples a tool`, requests, scored, {});
  }
}

/** Each tool learns from its requests of the other folds. */
async function crossValidate(catalog, rows, folds, used) {
  const seen = new Map();
  const numbered = rows.map((row) => {
    const [tool] = row.tools;
    seen.set(tool, (seen.get(tool) ?? -1) + 1);
    return { ...row, fold: seen.get(tool) % folds };
  });
  const answers = new Map();
  const requests = [];
  let summary;
  for (const fold of used) {
    const taught = catalog.map((server) => ({
      ...server,
      tools: server.tools.map((tool) => ({
        ...tool,
        examples: numbered
          .filter((row) => row.fold !== fold && row.tools[0] === `${server.id}/${tool.name}`)
          .map(({ q }) => q),
      })),
    }));
    const asked = numbered.filter((row) => row.fold === fold);
    const scored = await route(taught, asked);
    for (const [id, answer] of scored.answers) answers.set(id, answer);
    requests.push(...asked);
    summary = scored.summary;
  }
  return { requests, scored: { answers, summary } };
}

/** Other servers of a product that is labelled would be right answers that count as wrong. */
function withoutNearDuplicates(servers, labelled) {
  const plain = (text) =>
    ` ${text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, ' ')
      .trim()} `;
  const names = labelled
    .flatMap(({ id, title }) => [plain(id), plain(title)])
    .filter((name) => name.length > 4);
  return servers.filter(
    ({ id, title }) => !names.some((name) => plain(id).includes(name) || plain(title).includes(name)),
  );
}

async function route(catalog, requests) {
  const paths = ['catalog', 'queries', 'out'].map((name) => join(folder, name));
  const [catalogPath, queriesPath, outPath] = paths;
  await writeFile(catalogPath, JSON.stringify(catalog));
  await writeFile(queriesPath, JSON.stringify(requests.map(({ id, q }) => ({ id, q }))));
  const flags = ['--catalog', catalogPath, '--queries', queriesPath, '--out', outPath];
  const { data } = JSON.parse(await run(['route', ...flags, '--json']));
  const lines = (await readFile(outPath, 'utf8')).split('\n').filter(Boolean);
  return { summary: data, answers: new Map(lines.map((line) => [JSON.parse(line).id, JSON.parse(line)])) };
}

function run(args) {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, HOME: folder };
    const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`route ended with ${code}`))));
  });
}

function addTools(what, requests, { answers, summary }, bars) {
  for (const [name, value] of Object.entries(toolScores(requests, answers))) {
    add(`${what}: ${name === 'server' ? 'server@1' : name}`, value, bars[name]);
  }
  add(`${what}: a request, p50 ms`, summary.p50Ms);
  add(`${what}: index, ms`, summary.buildMs);
}

function addMatches(what, { requests, outside }, { answers }) {
  const isMatched = ({ id }) => answers.get(id).match;
  add(`${what}: accepted of what has a tool`, share(requests, isMatched), 96);
  add(
    `${what}: refused of what has none`,
    share(outside, (each) => !isMatched(each)),
    87.5,
  );
}

function add(what, value, bar, atMost = false) {
  rows.push({ what, value, ...(bar !== undefined && { bar, atMost }) });
}

function print({ what, value, bar, atMost }) {
  const mark = bar === undefined ? '    ' : (atMost ? value <= bar : value >= bar) ? 'ok  ' : 'MISS';
  const limit = bar === undefined ? '' : `${atMost ? '<=' : '>='} ${bar}`;
  return `${mark}  ${value.toFixed(1).padStart(7)}  ${limit.padEnd(8)}  ${what}`;
}
