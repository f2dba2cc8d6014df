/** Left out of every bundle, whatever `.mcpbignore` says besides. */
const ALWAYS = [
  '.git',
  '.github',
  '.gitignore',
  '.gitattributes',
  '.mcpbignore',
  '.env*',
  '.npmrc',
  '.yarnrc*',
  '.pnp.*',
  '.vscode',
  '.idea',
  '.editorconfig',
  '.DS_Store',
  'Thumbs.db',
  'node_modules/.bin',
  'node_modules/.cache',
  'node_modules/.package-lock.json',
  'package-lock.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'coverage',
  '*.log',
  '*.map',
  '*.d.ts',
  '*.d.mts',
  '*.d.cts',
  '*.tsbuildinfo',
  'tsconfig.json',
  '*.tgz',
  '*.mcpb',
  '.venv',
  '__pycache__',
  '*.pyc',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
];

/** Says of a path, relative with forward slashes, whether it stays out; folders end with a slash. */
export type IsIgnored = (path: string) => boolean;

/** The usual patterns with those of a project's `.mcpbignore`, which are written as in `.gitignore`. */
export async function ignoring(mcpbignore: string): Promise<IsIgnored> {
  const { default: ignore } = await import('ignore');
  const rules = ignore().add(ALWAYS).add(mcpbignore);
  return (path) => rules.ignores(path);
}
