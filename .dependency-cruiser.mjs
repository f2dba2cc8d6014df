// The floors of the house, lowest first. A folder may import itself and lower floors; folders of one floor
// don't know each other. Everything below is generated from these lists.
export const FLOORS = [
  ['core'],
  ['platform'],
  ['documents'],
  ['manifest'],
  ['settings', 'mcp', 'catalog', 'clients', 'routing', 'secrets', 'scaffold'],
  ['auth', 'audit', 'servers', 'marketplace'],
  ['calls'],
  ['gateway', 'pipelines', 'preflight', 'docs', 'trial'],
  ['watch'],
  ['cli'],
  ['flows'],
  ['commands'],
  ['app'],
];

/** Each library may be imported at one place only. */
export const DOORS = {
  '@inquirer/prompts': '^src/platform/prompt\\.ts$',
  '@napi-rs/keyring': '^src/secrets/keychain-worker\\.ts$',
  ajv: '^src/mcp/',
  chalk: '^src/platform/style\\.ts$',
  chokidar: '^src/platform/watch-folder\\.ts$',
  commander: '^src/(app|commands)/',
  diff: '^src/cli/diff\\.ts$',
  cosmiconfig: '^src/settings/',
  execa: '^src/platform/execute\\.ts$',
  fflate: '^src/servers/mcpb/',
  ignore: '^src/servers/mcpb/pack/',
  ioredis: '^src/calls/stores/',
  'lru-cache': '^src/calls/stores/',
  'jsonc-parser': '^src/documents/jsonc',
  listr2: '^src/cli/tasks\\.ts$',
  'node-forge': '^src/servers/mcpb/',
  'openid-client': '^src/auth/',
  pg: '^src/marketplace/store/postgres-store\\.ts$',
  pino: '^src/gateway/',
  preact: '^src/watch/web/page/',
  'prom-client': '^src/gateway/',
  undici: '^src/platform/fetch',
  yaml: '^src/documents/yaml',
  'smol-toml': '^src/documents/toml',
  '@decimalturn/toml-patch': '^src/documents/toml',
};

const folder = (names) => `^src/(${names.join('|')})/`;

const floorRules = FLOORS.flatMap((names, floor) =>
  names.map((name) => {
    const lower = FLOORS.slice(0, floor).flat();
    return {
      name: `floor-${name}`,
      comment: `${name} imports itself and lower floors only`,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: { path: '^src/', pathNot: [folder([name, ...lower])] },
    };
  }),
);

const doorRules = Object.entries(DOORS).map(([library, path]) => ({
  name: `door-${library}`,
  comment: `${library} has one door`,
  severity: 'error',
  from: { path: '^src/', pathNot: path },
  to: { path: `node_modules/${library}/` },
}));

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unknown-folder',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: folder(FLOORS.flat()) },
      to: {},
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-command-imports-another',
      severity: 'error',
      from: { path: '^src/commands/' },
      to: { path: '^src/commands/', pathNot: '/shared/' },
    },
    {
      name: 'main-is-the-top',
      severity: 'error',
      from: { path: '^src/.+/' },
      to: { path: '^src/main\\.ts$' },
    },
    ...floorRules,
    ...doorRules,
  ],
  options: {
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Its parser knows no JSX; biome.json says what these files may import.
    exclude: { path: '\\.tsx$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
