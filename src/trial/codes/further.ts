import type { CheckFacts } from './check-facts.ts';

/** The calls a project declares. */
export const EXAMPLE_CHECKS = {
  'example-calls': {
    severity: 'error',
    title: 'answers the example calls as declared',
    remedy: 'Mend the server, or the example; --update takes what it answers now as its snapshot.',
  },
  replays: {
    severity: 'error',
    title: 'answers recorded sessions as it did',
    remedy: 'Mend the server, list members that always differ under ignore, or record the session again.',
  },
} as const satisfies Record<string, CheckFacts>;

/** How a server bears many calls. */
export const LOAD_CHECKS = {
  'load-answers': {
    severity: 'error',
    title: 'answers every request under load',
    remedy: 'Look at the first failure the message quotes.',
  },
  'load-memory': {
    severity: 'error',
    title: 'keeps its memory under load',
    remedy: 'Look for what is kept for each call and never dropped.',
  },
} as const satisfies Record<string, CheckFacts>;

/** The public conformance suite. */
export const CONFORMANCE_CHECKS = {
  conformance: {
    severity: 'error',
    title: 'passes the scenarios of the public suite that apply to it',
    remedy:
      'Run the scenario alone, and read what it expects: npx @modelcontextprotocol/conformance@<version> server --url <address> --scenario <name> --verbose',
  },
} as const satisfies Record<string, CheckFacts>;
