// Bundles src/main.ts into dist: ESM with splitting, so that a command's code loads only when it is chosen.
// Beside it go the licences of what was bundled and a CycloneDX list of it.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
  external: ['@napi-rs/keyring', 'typescript'],
  logLevel: 'warning',
};
const { metafile } = await build({
  ...options,
  entryPoints: {
    main: 'src/main.ts',
    'keychain-worker': 'src/secrets/keychain-worker.ts',
    'server-tokens': 'src/gateway/open-server-tokens.ts',
    'call-recorder': 'src/gateway/call-recorder.ts',
  },
  splitting: true,
  format: 'esm',
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS dependencies ask for require() at run time; ESM output has none of its own.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
});
/** Sign-ins are for some servers only, and some sessions call nothing: `run` takes from the parts above what it needs. */
const partsApart = {
  name: 'parts-apart',
  setup: ({ onResolve }) => {
    const apart = { 'open-server-tokens': 'server-tokens', 'call-recorder': 'call-recorder' };
    onResolve({ filter: /\/(open-server-tokens|call-recorder)\.ts$/ }, ({ path }) => ({
      path: `./${apart[/([^/]+)\.ts$/.exec(path)[1]]}.js`,
      external: true,
    }));
  },
};
await build({
  ...options,
  plugins: [partsApart],
  entryPoints: { 'quick-list': 'src/quick-list.ts', 'quick-run': 'src/quick-run.ts' },
  format: 'cjs',
  // Neither asks anything: one prints, and the other's streams belong to the protocol.
  external: [...options.external, '@inquirer/prompts'],
  outExtension: { '.js': '.cjs' },
});

const bundled = await Promise.all(packageFolders(metafile).map(describe));
await writeFile('dist/THIRD_PARTY_LICENSES.txt', bundled.map(notice).join('\n'));
await writeFile('dist/sbom.cdx.json', `${JSON.stringify(billOfMaterials(bundled), null, 2)}\n`);

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
