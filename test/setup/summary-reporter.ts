import type { Reporter, TestModule } from 'vitest/node';

/**
 * Names the tests that passed at the second try only, and ends the run with one plain line that any CI can read:
 * `N passed, N failed, N skipped`.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      // A file that could not be loaded has no tests, and must not pass for that.
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (test.diagnostic()?.flaky) {
          process.stdout.write(`passed at the second try: ${module.relativeModuleId} > ${test.fullName}\n`);
        }
        if (state === 'passed' || state === 'failed' || state === 'skipped') count[state] += 1;
      }
    }
    count.failed += errors.length;
    process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
  }
}
