// Bundles src/main.ts into dist: ESM with splitting, so that a command's code loads only when it is chosen.
// Beside it go the licences of what was bundled and a CycloneDX list of it.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';

await rm(new URL('dist', import.meta.url), { recursive: true, force: true });
const options = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  // jsonc-parser's CommonJS form requires its parts by computed names, which cannot be bundled.
  mainFields: ['module', 'main'],
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  // cosmiconfig asks for the compiler when it meets a .ts file, which it is never sent to look for.
  // pg asks for a native twin when it is told to.
  external: ['@napi-rs/keyring', 'typescript', 'pg-native'],
  define: { SETTINGS_DIGEST: JSON.stringify(await settingsDigest()) },
  logLevel: 'warning',
};
/** Files a client waits for: CommonJS, which starts faster. `run` loads the last three when a session needs them. */
const quick = {
  'quick-list': 'src/quick-list.ts',
  'quick-run': 'src/quick-run.ts',
  'quick-search': 'src/quick-search.ts',
  'client-calls': 'src/gateway/run/open-client-calls.ts',
  'open-server': 'src/gateway/servers/open-server.ts',
  'server-tokens': 'src/gateway/servers/open-server-tokens.ts',
};
const heavy = await heavyImports();
const data = { name: 'data-as-text', setup: dataAsText };
const { metafile } = await build({
  ...options,
  plugins: [data],
  entryPoints: {
    main: 'src/main.ts',
    'keychain-worker': 'src/secrets/keychain-worker.ts',
    ...Object.fromEntries(heavy.map((path) => [partOf(path), path])),
  },
  splitting: true,
  format: 'esm',
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS dependencies ask for require() at run time; ESM output has none of its own.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
});
await build({
  ...options,
  plugins: [{ name: 'parts-apart', setup: partsApart }, data],
  entryPoints: quick,
  format: 'cjs',
  // None asks anything: one prints, and the streams of the others belong to the protocol.
  external: [...options.external, '@inquirer/prompts'],
  outExtension: { '.js': '.cjs' },
});
/** What browsers load, of the pages of `watch --web`, the gateway and registries. */
const pages = await build({
  ...options,
  platform: 'browser',
  target: ['chrome116', 'firefox124', 'safari17.4'],
  entryPoints: [
    ...['app.tsx', 'app.css', 'icon.svg'].map((name) => `src/watch/web/page/${name}`),
    'src/marketplace/page/registry.css',
  ],
  outdir: 'dist/dashboard',
  format: 'esm',
  minify: true,
  sourcemap: false,
  external: ['icon.svg'],
  loader: { '.svg': 'copy' },
  entryNames: '[name]',
  define: {},
});

const outputs = { ...metafile.outputs, ...pages.metafile.outputs };
const bundled = await Promise.all(packageFolders({ outputs }).map(describe));
await writeFile('dist/THIRD_PARTY_LICENSES.txt', bundled.map(notice).join('\n'));
await writeFile('dist/sbom.cdx.json', `${JSON.stringify(billOfMaterials(bundled), null, 2)}\n`);

/** Of everything that decides whether a settings file is valid. */
async function settingsDigest() {
  const folder = new URL('src/settings/', import.meta.url);
  const hash = createHash('sha256').update(await readFile('package.json'));
  for (const name of (await readdir(folder)).sort()) hash.update(await readFile(new URL(name, folder)));
  return hash.digest('hex').slice(0, 16);
}

/** What is imported later and brings more than 100 kB of packages and data with it. */
async function heavyImports() {
  const { metafile: graph } = await build({
    ...options,
    entryPoints: Object.values(quick),
    splitting: true,
    format: 'esm',
    write: false,
    external: [...options.external, '@inquirer/prompts'],
  });
  const importsOf = (path) => graph.inputs[path]?.imports ?? [];
  const isData = (path) => path.endsWith('.json');
  const later = Object.keys(graph.inputs).flatMap((path) =>
    importsOf(path).flatMap((found) =>
      found.kind === 'dynamic-import' && !found.external ? found.path : [],
    ),
  );
  const weigh = (path) => {
    const seen = new Set([path]);
    for (const each of seen) {
      for (const found of importsOf(each)) {
        if (found.kind !== 'dynamic-import' || isData(found.path)) seen.add(found.path);
      }
    }
    const counted = [...seen].filter((each) => each.startsWith('node_modules/') || isData(each));
    return counted.reduce((sum, each) => sum + (graph.inputs[each]?.bytes ?? 0), 0);
  };
  return [...new Set(later)].filter((path) => !isData(path) && weigh(path) > 100_000);
}

/** Name of an output without its extension. */
function partOf(path) {
  return `parts/${path.replace(/^src\/|^node_modules\/|\.[jt]s$/g, '').replaceAll('/', '-')}`;
}

/** What quick files import later is another quick file, a part built with the rest, or small enough to be inside. */
function partsApart({ onResolve, onLoad, resolve: find }) {
  const files = new Map(Object.entries(quick).map(([name, path]) => [resolve(path), name]));
  const parts = new Map(heavy.map((path) => [resolve(path), partOf(path)]));
  onResolve({ filter: /.*/ }, async ({ kind, path, resolveDir, importer, pluginData }) => {
    if (kind !== 'dynamic-import' || pluginData === 'asked') return undefined;
    const { path: target } = await find(path, { kind, resolveDir, importer, pluginData: 'asked' });
    if (files.has(target)) return { path: files.get(target), namespace: 'quick' };
    if (target.endsWith('.json')) return { path: target, namespace: 'data' };
    return parts.has(target) ? { path: `./${parts.get(target)}.js`, external: true } : undefined;
  });
  // By require(): import() would start the loader of ES modules, which costs 8 MB.
  onLoad({ filter: /.*/, namespace: 'quick' }, ({ path }) => ({
    contents: `module.exports = require('./${path}.cjs');`,
  }));
  onResolve({ filter: /\.cjs$/, namespace: 'quick' }, ({ path }) => ({ path, external: true }));
  // Data that is imported later is a file of its own: as a part of the program it is read twice, as text and as JSON.
  onLoad({ filter: /.*/, namespace: 'data' }, async ({ path }) => {
    await mkdir('dist', { recursive: true });
    await writeFile(`dist/${basename(path)}`, JSON.stringify(JSON.parse(await readFile(path, 'utf8'))));
    return { contents: `module.exports = require('./${basename(path)}');` };
  });
  onResolve({ filter: /\.json$/, namespace: 'data' }, ({ path }) => ({ path, external: true }));
}

/** Much data is read in half the time as text that is parsed than as a program. Measured: a quarter of a search. */
function dataAsText({ onLoad }) {
  onLoad({ filter: /src[\\/].*\.json$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8');
    if (text.length < 10_000) return undefined;
    const data = JSON.stringify(JSON.parse(text));
    return { contents: `export default JSON.parse(${JSON.stringify(data)});`, loader: 'js' };
  });
}

/** Folders of the packages of which at least one byte was bundled, sorted. */
function packageFolders({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []);
  return [...new Set(folders)].sort();
}

async function describe(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return { name, version, license, text: file ? await readFile(`${folder}/${file}`, 'utf8') : '' };
}

function notice({ name, version, license, text }) {
  return `${name} ${version} (${license})\n\n${text.trim()}\n\n${'-'.repeat(80)}\n`;
}

function billOfMaterials(packages) {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    components: packages.map(({ name, version, license }) => ({
      type: 'library',
      name,
      version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      licenses: [{ license: { id: license } }],
    })),
  };
}
