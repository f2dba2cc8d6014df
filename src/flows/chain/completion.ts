import type { Context } from '../../cli/context.ts';
import type { Candidate } from '../completion/complete.ts';
import { listExamples } from './examples.ts';
import { listRunsHere } from './list-flow.ts';

/** What an argument or option of the commands of pipelines may be. */
export async function valuesOfChain(word: string, context: Context): Promise<Candidate[]> {
  switch (word) {
    case 'run':
      return (await listRunsHere(context)).map(({ run, pipeline, state }) => ({
        word: run,
        description: `${pipeline}, ${state}`,
      }));
    case 'example':
      return (await listExamples(context)).map(({ name, description }) => ({ word: name, description }));
    case 'dry-run':
      return [{ word: 'reads', description: 'call only what reads' }];
    case 'graph':
      return [{ word: 'mermaid', description: 'for pages that draw it' }];
    default:
      return [];
  }
}
