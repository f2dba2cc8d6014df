import { hiddenIn } from '../../core/hidden-characters.ts';
import { createRedactor } from '../../core/redaction.ts';
import { findVendorSecret } from '../../core/secret-patterns.ts';
import type { Check, Outcome, Problem } from '../check.ts';
import type { Scene } from '../scene.ts';
import { excerpt } from '../talk/answer.ts';
import { ordersIn } from './injection.ts';
import { answerTexts, definitionTexts, errorTexts, type SaidText } from './texts.ts';

const promptInjection: Check = {
  id: 'prompt-injection',
  eras: 'first',
  examine: async (scene) =>
    (await definitionTexts(scene)).flatMap(({ subject, text }) =>
      ordersIn(text).map((message) => ({ subject, message })),
    ),
};

const hiddenCharacters: Check = {
  id: 'hidden-characters',
  eras: 'first',
  examine: async (scene) => hiddenInTexts(await definitionTexts(scene)),
};

const hiddenOutput: Check = {
  id: 'hidden-output',
  eras: 'first',
  examine: async (scene) => await ofAnswers(scene, hiddenInTexts),
};

function hiddenInTexts(texts: readonly SaidText[]): Problem[] {
  return texts.flatMap(({ subject, text }) => {
    const hidden = hiddenIn(text);
    return hidden.length === 0 ? [] : [{ subject, message: `it holds ${hidden.join(' and ')}` }];
  });
}

const secretsInDefinitions: Check = {
  id: 'secrets-in-definitions',
  eras: 'first',
  examine: async (scene) => secretsInTexts(await definitionTexts(scene), scene),
};

const secretsInOutput: Check = {
  id: 'secrets-in-output',
  eras: 'first',
  async examine(scene) {
    const answers = secretsInTexts(await answerTexts(scene), scene);
    const elsewhere = [
      ...errorTexts(scene).map((text) => ({ subject: 'an error', text })),
      { subject: 'stderr', text: scene.said.join('\n') },
    ];
    return [...answers, ...secretsInTexts(elsewhere, scene)];
  },
};

function secretsInTexts(texts: readonly SaidText[], { secrets, canary }: Scene): Problem[] {
  const own = createRedactor(secrets);
  const problems = texts.flatMap(({ subject, text }) => {
    if (own.search.find(text).length > 0)
      return [{ subject, message: 'it holds a key the server was given' }];
    const found = findVendorSecret(text.replaceAll(canary, ''));
    return found ? [{ subject, message: `it holds what looks like a credential (${found.kind})` }] : [];
  });
  const seen = new Set<string>();
  return problems.filter(({ subject, message }) => {
    const key = `${subject}\n${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

const environmentLeak: Check = {
  id: 'environment-leak',
  eras: 'first',
  only: 'stdio',
  async examine(scene) {
    const texts = [
      ...(await definitionTexts(scene)),
      ...(await answerTexts(scene)),
      { subject: 'an error', text: errorTexts(scene).join('\n') },
      { subject: 'stderr', text: scene.said.join('\n') },
    ];
    return texts.flatMap(({ subject, text }) =>
      text.includes(scene.canary) ? [{ subject, message: 'it shows the variables of its environment' }] : [],
    );
  },
};

const STACK =
  /\n\s+at \S.*:\d+:\d+\)?|Traceback \(most recent call last\)|\n\s+File ".+", line \d+|goroutine \d+ \[/;

const errorDetails: Check = {
  id: 'error-details',
  eras: 'first',
  async examine(scene) {
    await scene.samples();
    const found = errorTexts(scene).find((text) => STACK.test(text));
    return found === undefined ? [] : [{ message: `an error holds a stack trace: ${excerpt(found)}` }];
  },
};

async function ofAnswers(scene: Scene, judge: (texts: readonly SaidText[]) => Problem[]): Promise<Outcome> {
  const texts = await answerTexts(scene);
  return texts.length === 0 ? { skipped: 'no tool was called' } : judge(texts);
}

export const SECURITY_CHECKS: readonly Check[] = [
  promptInjection,
  hiddenCharacters,
  hiddenOutput,
  secretsInDefinitions,
  secretsInOutput,
  environmentLeak,
  errorDetails,
];
