import { expect, test } from 'vitest';
import { McpctlError } from '../../src/core/errors.ts';
import { judgePipeline } from '../../src/pipelines/format/read-pipeline.ts';
import type { JournalLine } from '../../src/pipelines/journal/line.ts';
import type { RunPorts } from '../../src/pipelines/run/ports.ts';
import { runPipeline } from '../../src/pipelines/run/run-pipeline.ts';

const TEXT = `steps:
  - { id: one, call: desk.note, with: { text: a } }
  - { id: two, call: desk.note, needs: [one], with: { text: b } }
`;

/** A run whose journal decides when a line counts as written. */
async function runWith(record: (line: JournalLine) => Promise<void>) {
  const { pipeline } = await judgePipeline('/p.yaml', TEXT);
  if (!pipeline) throw new Error('the pipeline is broken');
  const called: string[] = [];
  const ports: RunPorts = {
    async call({ name }) {
      called.push(name);
      return { kind: 'ok', answer: { texts: [name] } };
    },
    intentOf: () => 'write',
    record,
    vault: undefined,
    now: () => new Date(),
    pause: async () => {},
    tell: () => {},
  };
  const signal = new AbortController().signal;
  const report = runPipeline({ run: 'r', salt: '', pipeline, inputs: {}, ports, signal });
  return { report, called };
}

test('no call leaves before the journal has kept that it begins', async () => {
  const kept: JournalLine[] = [];
  let keep = (): void => {};
  const held = new Promise<void>((resolve) => {
    keep = resolve;
  });
  let isHeld = (): void => {};
  const holding = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  const { report, called } = await runWith(async (line) => {
    kept.push(line);
    if (line.kind !== 'started' || line.call !== 'two') return;
    isHeld();
    await held;
  });

  await holding;
  // Whatever is on its way without the journal gets there now.
  await new Promise((resolve) => setImmediate(resolve));
  expect(called).toEqual(['one']);
  keep();
  expect((await report).status).toBe('done');
  expect(called).toEqual(['one', 'two']);
  expect(kept.map(({ kind }) => kind)).toEqual(['started', 'finished', 'started', 'finished', 'ended']);
});

test('a journal that cannot be written ends the run before the next call', async () => {
  const full = new McpctlError('PIPELINE_JOURNAL_UNWRITABLE', 'The disk is full.');
  const { report, called } = await runWith(async (line) => {
    if (line.kind === 'started' && line.call === 'two') throw full;
  });

  await expect(report).rejects.toBe(full);
  expect(called).toEqual(['one']);
});
