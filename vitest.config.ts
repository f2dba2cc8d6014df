import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A command takes a second, and ten on a machine that is busy with other things; waits inside tests have limits.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What is awaited comes at once, or a busy machine takes its time.
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 3,
    // Real processes on a shared machine are held up for seconds now and then. What needed a second try is named at the
    // end of the run, and is a defect of the test or of the product all the same.
    retry: process.env.CI ? 1 : 0,
    // The authorization server of the tests warns that it is one.
    onConsoleLog: (text) => !text.startsWith('oidc-provider '),
    reporters: process.env.CI ? ['default', './test/setup/summary-reporter.ts'] : ['default'],
  },
});
