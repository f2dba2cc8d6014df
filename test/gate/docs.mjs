// The generated files: `npm run docs` writes them (--write), the static gate compares them.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = await mkdtemp(join(tmpdir(), 'mcpctl-docs-'));
try {
  const files = await loadReferenceFiles();
  const stale = await staleFiles(files);
  if (process.argv.includes('--write')) await write(files, stale);
  else if (stale.length > 0) {
    console.log(`Out of date, run npm run docs: ${stale.join(', ')}`);
    process.exitCode = 1;
  }
  const dead = await deadLinks();
  if (dead.length > 0) {
    console.log(`Links to nothing:\n${dead.join('\n')}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
} finally {
  await rm(bundle, { recursive: true, force: true });
}

/** Bundles the sources as they stand, so that nothing has to be built first. */
async function loadReferenceFiles() {
  await build({
    absWorkingDir: root,
    entryPoints: { files: 'test/gate/reference/files.ts' },
    outdir: bundle,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // As in esbuild.config.js.
    mainFields: ['module', 'main'],
    external: ['@napi-rs/keyring'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'warning',
  });
  const { referenceFiles } = await import(pathToFileURL(join(bundle, 'files.mjs')).href);
  return await referenceFiles(root);
}

/** Files that differ, and pages of servers the catalog has no more. */
async function staleFiles(files) {
  const stale = [];
  for (const [path, content] of files) {
    if ((await readFile(join(root, path), 'utf8').catch(() => undefined)) !== content) stale.push(path);
  }
  for (const name of await readdir(join(root, 'docs', 'catalog')).catch(() => [])) {
    const path = `docs/catalog/${name}`;
    if (name.endsWith('.md') && !files.has(path)) stale.push(path);
  }
  return stale;
}

/** Relative links of the pages that name no file here. */
async function deadLinks() {
  const inDocs = (await readdir(join(root, 'docs'), { recursive: true })).map((name) => join('docs', name));
  const pages = [...inDocs, ...(await readdir(root))].filter((name) => name.endsWith('.md'));
  const dead = await Promise.all(
    pages.map(async (page) => {
      const links = (await readFile(join(root, page), 'utf8')).matchAll(
        /\]\((?!https?:|mailto:|#)([^)\s#]+)/g,
      );
      return [...links].flatMap(([, link]) =>
        existsSync(join(root, dirname(page), link)) ? [] : [`${page}: ${link}`],
      );
    }),
  );
  return dead.flat();
}

async function write(files, stale) {
  for (const path of stale) {
    const content = files.get(path);
    if (content === undefined) {
      await rm(join(root, path));
      continue;
    }
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  console.log(stale.length === 0 ? 'all up to date' : `wrote ${stale.join(', ')}`);
}
