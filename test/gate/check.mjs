// The static gate: everything that can be judged without running the product. Seconds, not minutes.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const MAX_LINES = 350;

const TOOLS = [
  ['types', 'tsc'],
  ['page types', 'tsc', '--project', 'src/watch/web/page'],
  ['biome', 'biome', 'check', '--error-on-warnings', '.'],
  ['floors', 'depcruise', 'src', '--config', '.dependency-cruiser.mjs', '--output-type', 'err-long'],
  ['unused', 'knip', '--no-progress'],
  ['package', 'publint', '--strict', '--pack', 'npm'],
];

const results = await Promise.all([
  ...TOOLS.map(([name, tool, ...rest]) => run(name, join('node_modules', '.bin', tool), rest)),
  run('docs', join('test', 'gate', 'docs.mjs'), []),
  fileLengths(),
]);
for (const { name, ok, text } of results) {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
  if (!ok) console.log(text);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

function run(name, script, rest) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...rest], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.on('close', (code) => resolve({ name, ok: code === 0, text }));
  });
}

async function fileLengths() {
  const files = (await readdir('src', { recursive: true, withFileTypes: true })).filter((entry) =>
    /\.tsx?$/.test(entry.name),
  );
  const long = [];
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    const lines = (await readFile(path, 'utf8')).split('\n').length - 1;
    if (lines > MAX_LINES) long.push(`${path}: ${lines} lines, the wall is ${MAX_LINES}`);
  }
  return { name: 'lengths', ok: long.length === 0, text: long.join('\n') };
}
