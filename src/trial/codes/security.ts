import type { CheckFacts } from './check-facts.ts';

/** What could harm the people who use a server. */
export const SECURITY_CHECKS = {
  'prompt-injection': {
    severity: 'error',
    title: 'gives models no orders in its descriptions',
    remedy:
      'Describe what a thing does; take out orders to the model, to hide things, or about other tools and files.',
  },
  'hidden-characters': {
    severity: 'error',
    title: 'hides no characters in what it says of itself',
    remedy: 'Remove Unicode tags, direction marks and invisible characters.',
  },
  'hidden-output': {
    severity: 'warning',
    title: 'hides no characters in its answers',
    remedy: 'Clean what comes from elsewhere before it goes to a model.',
  },
  'secrets-in-definitions': {
    severity: 'error',
    title: 'has no secrets in its definitions',
    remedy: 'Take the secret out, and replace it: every client has seen it.',
  },
  'secrets-in-output': {
    severity: 'error',
    title: 'gives out no secrets in answers, errors or logs',
    remedy: 'Return only the fields a caller needs, and mask credentials.',
  },
  'environment-leak': {
    severity: 'error',
    title: 'does not give out its environment',
    remedy: 'Never return environment variables: they hold the keys of the server.',
  },
  'path-escape': {
    severity: 'error',
    title: 'reads no files outside its folders',
    remedy:
      'Resolve the path with its links (realpath) and compare it with the allowed folders before opening it.',
  },
  'error-details': {
    severity: 'warning',
    title: 'shows no stack traces in errors',
    remedy: 'Answer with what the caller can do; the stack belongs into the log.',
  },
} as const satisfies Record<string, CheckFacts>;
