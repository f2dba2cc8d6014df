import type { Check } from '../check.ts';
import { judgeExample, keptOf } from '../examples/judge-example.ts';

const exampleCalls: Check = {
  id: 'example-calls',
  eras: 'first',
  subjects: async ({ examples }) => (examples?.examples ?? []).map(({ name }) => name),
  async examine(scene, { era, subject }) {
    const example = scene.examples?.examples.find(({ name }) => name === subject);
    if (!example) return [];
    const talk = await scene.shared(era);
    const begun = performance.now();
    const answer = await talk.ask('tools/call', { name: example.tool, arguments: example.arguments ?? {} });
    const duration = performance.now() - begun;
    const kept = keptOf(answer, example.expect?.ignore);
    if (example.expect?.snapshot && answer.kind !== 'none') scene.snapshots.set(example.name, kept);
    const snapshot = scene.updatesSnapshots ? kept : scene.examples?.snapshots[example.name];
    const lines = await judgeExample(example, answer, { duration, snapshot });
    return lines.map((message) => ({ subject: example.name, message }));
  },
};

export const EXAMPLE_CALL_CHECKS: readonly Check[] = [exampleCalls];
