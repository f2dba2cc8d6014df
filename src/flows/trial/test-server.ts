import type { Context } from '../../cli/context.ts';
import { recordFlow } from './record-flow.ts';
import { subjectOf } from './subject.ts';
import { type TrialFlags, trialFlow } from './trial-flow.ts';
import { renderTrial, trialDocument } from './trial-view.ts';

export interface TestServerFlags extends TrialFlags {
  /** Prints the schema of declared calls, and nothing else. */
  readonly schema?: boolean;
  /** Records a session into this file instead of testing. */
  readonly record?: string;
  readonly name?: string;
  readonly env: readonly string[];
  readonly arg: readonly string[];
}

export interface TestServerWords {
  readonly before: readonly string[];
  /** What follows `--`. */
  readonly after: readonly string[] | undefined;
}

/** Does what `test-server` was asked for, and answers. */
export async function testServer(
  { before, after }: TestServerWords,
  flags: TestServerFlags,
  context: Context,
): Promise<void> {
  const { output } = context;
  if (flags.schema) {
    const { exampleFileJsonSchema } = await import('../../trial/examples/read-example-file.ts');
    output.result(exampleFileJsonSchema(), (schema) => JSON.stringify(schema, null, 2));
    return;
  }
  const subject = await subjectOf({ ...flags, words: before, command: after, args: flags.arg }, context);
  if (flags.record !== undefined) {
    const { file, messages } = await recordFlow(subject, flags.record, context);
    output.note(`${messages} messages were recorded in ${file}.`);
    return;
  }
  const trial = await trialFlow(subject, flags, context);
  if (trial.failed > 0) context.exitWith(1);
  output.result(trialDocument(trial), (_document, style) =>
    renderTrial(trial, { style, width: output.width, isVerbose: output.verbose }),
  );
}
