// The last line of a run: how many stories held.
import type { FullResult, Reporter, Suite } from '@playwright/test/reporter';

export default class ClosingLine implements Reporter {
  private suite: Suite | undefined;

  onBegin(_config: unknown, suite: Suite): void {
    this.suite = suite;
  }

  onEnd(result: FullResult): void {
    const tests = this.suite?.allTests() ?? [];
    const ran = tests.filter((test) => test.results.some((run) => run.status !== 'skipped'));
    const passed = ran.filter((test) => test.ok()).length;
    const skipped = tests.length - ran.length;
    // A run that was stopped, or whose setting up failed, has failed even where no story did.
    const failed = Math.max(ran.length - passed, result.status === 'passed' ? 0 : 1);
    console.log(`browser: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }

  printsToStdio(): boolean {
    return true;
  }
}
