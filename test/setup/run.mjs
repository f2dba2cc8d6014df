// `npm test`: installs the system services the tests use, builds, runs the static gate and then every test.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installServices } from './services.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
await installServices();
step('build', process.execPath, ['esbuild.config.js']);
step('check', process.execPath, ['test/gate/check.mjs']);
step('test', process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);

function step(name, command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`npm test stopped: ${name} failed (exit ${status}).`);
    process.exit(status ?? 1);
  }
}
