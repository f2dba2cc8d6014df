import type { Check, Problem } from '../check.ts';
import { nameOf } from '../definitions.ts';
import type { Scene } from '../scene.ts';
import { excerpt } from '../talk/answer.ts';
import { applies, CHECK_NEEDS, type Offers, SCENARIO_NEEDS } from './scenarios.ts';
import { runSuite, SUITES, type SuiteCheck, type SuiteMachine } from './suite.ts';

export interface ConformanceOptions {
  readonly machine: SuiteMachine;
  /** Where the suite reaches the server over HTTP; a program gets a front for so long. */
  withAddress<T>(body: (url: string) => Promise<T>): Promise<T>;
}

/** The check that runs the public suite: one run of it for each scenario that applies. */
export function conformanceCheck({ machine, withAddress }: ConformanceOptions): Check {
  const found = new Map<string, SuiteCheck[]>();
  return {
    id: 'conformance',
    eras: 'first',
    async subjects(scene) {
      const offers = await offersOf(scene);
      await withAddress(async (url) => {
        for (const suite of SUITES.filter(({ era }) => scene.eras.includes(era))) {
          for (const check of await runSuite(suite, url, machine)) {
            if (!applies(SCENARIO_NEEDS[check.scenario], offers)) continue;
            if (check.id in CHECK_NEEDS && !applies(CHECK_NEEDS[check.id], offers)) continue;
            const subject = `${suite.label} ${check.scenario}`;
            found.set(subject, [...(found.get(subject) ?? []), check]);
          }
        }
      });
      return [...found.keys()].sort();
    },
    async examine(_, { subject = '' }) {
      return (found.get(subject) ?? []).flatMap(problemsOf);
    },
  };
}

function problemsOf({ id, status, message }: SuiteCheck): Problem[] {
  if (status === 'FAILURE') return [{ message: `${id}: ${excerpt(message, 200)}` }];
  return status === 'WARNING' ? [{ severity: 'warning', message: `${id}: ${excerpt(message, 200)}` }] : [];
}

async function offersOf(scene: Scene): Promise<Offers> {
  const { lists } = await scene.definitions();
  const [era] = scene.eras;
  return {
    tools: new Set(lists.tools.items.map(nameOf)),
    prompts: new Set(lists.prompts.items.map(nameOf)),
    resources: new Set(
      [...lists.resources.items, ...lists.resourceTemplates.items].flatMap(({ uri, uriTemplate }) => [
        String(uri),
        String(uriTemplate),
      ]),
    ),
    capabilities: (era && scene.hellos.get(era)?.capabilities) ?? {},
    isHttp: scene.target.kind === 'remote',
  };
}
