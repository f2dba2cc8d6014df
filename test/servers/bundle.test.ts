import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { entryOf } from '../../src/servers/add/entry.ts';
import { installMany } from '../../src/servers/resolve-many.ts';
import { fillBlanks } from '../../src/servers/spec.ts';
import { BUNDLE, bundle, bundleFile, launch, machineWith, resolve } from './source-bench.ts';

describe('a bundle', () => {
  test('turns its settings into references and blanks', async () => {
    const machine = await machineWith([]);
    const resolution = await resolve({ type: 'mcpb', origin: await bundleFile(bundle(BUNDLE)) }, machine);
    const { spec } = resolution;
    const filled = fillBlanks(spec, { 'user_config.folders': ['/a', '/b'], 'user_config.level': [] });
    const folder = join(machine.paths.servers, 'thing', '2.0.0');

    expect(spec.variables).toMatchObject([{ name: 'API_KEY', secret: true, required: true }]);
    expect(entryOf(resolution, filled)).toEqual({
      command: 'node',
      args: [`${folder}/server/index.js`, '--folders', '/a', '/b'],
      env: { API_KEY: '${API_KEY}', HOME_DIR: machine.paths.home },
    });
  });

  test('is refused when its files change after it was unpacked', async () => {
    const machine = await machineWith([]);
    const resolution = await resolve({ type: 'mcpb', origin: await bundleFile(bundle(BUNDLE)) }, machine);
    await installMany([{ name: 'thing', resolution }], machine);
    await appendFile(join(machine.paths.servers, 'thing/2.0.0/server/index.js'), 'more');

    expect(() => launch(resolution, resolution.spec, machine)).toThrowError(
      expect.objectContaining({ code: 'INTEGRITY_MISMATCH' }),
    );
  });

  const refusals: [string, () => Uint8Array, string][] = [
    ['that is no archive', () => strToU8('PK not really'), 'BUNDLE_INVALID'],
    ['without a manifest', () => zipSync({ 'a.txt': strToU8('a') }), 'BUNDLE_INVALID'],
    [
      'of an unknown manifest version',
      () => bundle({ ...BUNDLE, manifest_version: '9.0' }),
      'BUNDLE_INVALID',
    ],
    ['whose server is missing', () => bundle({ ...BUNDLE, server: undefined }), 'BUNDLE_INVALID'],
    [
      'for another system',
      () => bundle({ ...BUNDLE, compatibility: { platforms: ['win32'] } }),
      'PLATFORM_UNSUPPORTED',
    ],
    ['that writes above its folder', () => bundle(BUNDLE, { '../evil.js': 'x' }), 'BUNDLE_INVALID'],
    ['with an absolute path', () => bundle(BUNDLE, { '/tmp/evil.js': 'x' }), 'BUNDLE_INVALID'],
    ['with a Windows path', () => bundle(BUNDLE, { 'a\\..\\..\\evil.js': 'x' }), 'BUNDLE_INVALID'],
    ['that claims to be huge', () => claimingSize(bundle(BUNDLE), 0xfffffff0), 'BUNDLE_INVALID'],
  ];
  test.each(refusals)('%s is refused', async (_, content, code) => {
    const machine = await machineWith([]);
    const origin = await bundleFile(content());

    await expect(resolve({ type: 'mcpb', origin }, machine)).rejects.toMatchObject({ code });
  });

  test('is refused when it is not the one announced', async () => {
    const machine = await machineWith([]);
    const content = bundle(BUNDLE);
    const origin = await bundleFile(content);
    const sha256 = createHash('sha256').update(content).digest('hex');

    await expect(resolve({ type: 'mcpb', origin, sha256 }, machine)).resolves.toBeDefined();
    await expect(resolve({ type: 'mcpb', origin, sha256: '0'.repeat(64) }, machine)).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
    });
  });
});

/** Overwrites the unpacked size in every record of the central directory. */
function claimingSize(archive: Uint8Array, size: number): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  for (let at = 0; at < archive.length - 46; at += 1) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true);
  }
  return archive;
}
