import { expect, test } from 'vitest';
import { createFetch } from '../../src/platform/fetch.ts';
import { specFromRegistry } from '../../src/servers/from-registry.ts';
import { nameFor } from '../../src/servers/resolve-spec.ts';
import { serveHttp } from '../support/http-server.ts';

const OFFICIAL = 'io.modelcontextprotocol.registry/official';

/** A registry with one server; anything but the one GET of the API is refused. */
async function look(server: Record<string, unknown>, meta: Record<string, unknown> = { status: 'active' }) {
  const name = 'io.github.owner/weather-mcp';
  const { port } = await serveHttp((request, response) => {
    const isAsked =
      request.method === 'GET' &&
      request.url === `/v0.1/servers/${encodeURIComponent(name)}/versions/latest` &&
      request.headers.accept === 'application/json';
    response.writeHead(isAsked ? 200 : 400, { 'content-type': 'application/json' });
    const body = {
      server: { name, description: 'd', version: '1.0.0', ...server },
      _meta: { [OFFICIAL]: meta },
    };
    response.end(isAsked ? JSON.stringify(body) : '{"error":"bad"}');
  });
  const fetch = createFetch({ env: {}, allowPrivate: ['loopback'] });
  const spec = await specFromRegistry(name, { baseUrl: `http://127.0.0.1:${port}`, fetch, nameFor });
  if (!spec) throw new Error('The registry has it.');
  return spec;
}

test('takes the npm package with its arguments, variables and settings', async () => {
  const spec = await look({
    packages: [
      { registryType: 'oci', identifier: 'ghcr.io/owner/weather:1.2.3', transport: { type: 'stdio' } },
      {
        registryType: 'npm',
        identifier: '@owner/weather-mcp',
        version: '1.2.3',
        transport: { type: 'stdio' },
        packageArguments: [
          { type: 'positional', value: 'serve' },
          {
            type: 'named',
            name: '--units',
            valueHint: 'units',
            isRequired: true,
            choices: ['metric', 'imperial'],
          },
          { type: 'named', name: '--trace', description: 'optional' },
        ],
        environmentVariables: [
          { name: 'WEATHER_KEY', isRequired: true, isSecret: true, description: 'Your key.' },
          { name: 'WEATHER_OTHER_KEY', isSecret: true },
          { name: 'REGION', default: 'eu' },
          { name: 'FIXED', value: 'yes' },
        ],
      },
    ],
    remotes: [{ type: 'streamable-http', url: 'https://weather.example/mcp' }],
  });

  expect(spec).toMatchObject({
    name: 'weather',
    wanted: { type: 'npm', package: '@owner/weather-mcp', version: '1.2.3' },
    args: ['serve', '--units', '{units}'],
    env: { WEATHER_KEY: '${WEATHER_KEY}', REGION: '{REGION}', FIXED: 'yes' },
    variables: [{ name: 'WEATHER_KEY', secret: true, required: true }],
    blanks: { units: { choices: ['metric', 'imperial'] }, REGION: { default: 'eu' } },
    catalog: 'io.github.owner/weather-mcp',
  });
});

test('takes the address with its headers where there is no package', async () => {
  const spec = await look({
    remotes: [
      { type: 'sse', url: 'https://old.example/sse' },
      {
        type: 'streamable-http',
        url: 'https://{tenant}.example/mcp',
        variables: { tenant: { description: 'Your tenant.', isRequired: true } },
        headers: [
          { name: 'Authorization', value: 'Bearer {api_key}', variables: { api_key: { isSecret: true } } },
          { name: 'X-Region', value: 'eu' },
        ],
      },
    ],
  });

  expect(spec).toMatchObject({
    wanted: { type: 'remote', url: 'https://{tenant}.example/mcp', transport: 'http' },
    headers: { Authorization: 'Bearer ${API_KEY}', 'X-Region': 'eu' },
    variables: [{ name: 'API_KEY', secret: true }],
    blanks: { tenant: { description: 'Your tenant.' } },
  });
});

test('reads a container with the options its file repeats', async () => {
  const spec = await look({
    packages: [
      {
        registryType: 'oci',
        identifier: 'ghcr.io/owner/weather:1.2.3',
        runtimeArguments: [
          { type: 'positional', value: 'run' },
          { type: 'named', name: '-i' },
          { type: 'named', name: '--mount', value: 'type=tmpfs,dst=/tmp' },
        ],
      },
    ],
  });

  expect(spec.wanted).toEqual({
    type: 'oci',
    image: 'ghcr.io/owner/weather',
    tag: '1.2.3',
    options: ['--mount', 'type=tmpfs,dst=/tmp'],
  });
});

test.each([
  ['deleted', { packages: [] }, { status: 'deleted', statusMessage: 'Malware.' }, 'PACKAGE_NOT_FOUND'],
  [
    'for other package managers',
    { packages: [{ registryType: 'nuget', identifier: 'X' }] },
    {},
    'NOT_A_SERVER',
  ],
  ['described under another name', { name: 'io.github.other/x' }, {}, 'REGISTRY_INVALID'],
])('refuses a server %s', async (_, server, meta, code) => {
  await expect(look(server, meta)).rejects.toMatchObject({ code });
});

test('says that a deprecated server is', async () => {
  const spec = await look(
    { remotes: [{ type: 'sse', url: 'https://old.example/sse' }] },
    { status: 'deprecated', statusMessage: 'Use the other one.' },
  );

  expect(spec.notes.join(' ')).toContain('Deprecated by its authors. Use the other one.');
});
