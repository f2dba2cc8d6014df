import type { Answers } from '../answers.ts';
import { languageOf } from '../answers.ts';
import type { Language } from '../languages.ts';

/** What the templates say where a new server says its own. */
const SAMPLE = {
  name: 'example-server',
  module: 'example_server',
  title: 'Example server',
  namespace: 'io.github.example',
  author: 'Example author',
  year: '2026',
  transport: 'stdio',
  apiUrl: 'https://api.example.com/v1',
  auth: 'bearer',
  program: 'git',
} as const;

/** A text file with the names of the new server. */
export function inText(text: string, answers: Answers): string {
  const { namespace, author, year, title } = answers;
  const named = text
    .replaceAll(`Copyright (c) ${SAMPLE.year} ${SAMPLE.author}`, () => `Copyright (c) ${year} ${author}`)
    .replaceAll(`${SAMPLE.namespace}/`, `${namespace}/`)
    .replaceAll(SAMPLE.title, () => title);
  return withNames(named, answers);
}

/** A path or a plain text with the name of the new server, and that of its module. */
export function withNames(text: string, { name }: Pick<Answers, 'name'>): string {
  return text.replaceAll(SAMPLE.name, name).replaceAll(SAMPLE.module, moduleName(name));
}

/** A source file with the names and defaults of the new server, each as a literal. */
export function inSource(text: string, answers: Answers): string {
  const { title, transport, apiUrl, program, api } = answers;
  const language = languageOf(answers.language);
  const defaults = [
    [SAMPLE.transport, transport],
    [SAMPLE.apiUrl, apiUrl],
    [SAMPLE.program, program],
    [SAMPLE.auth, api?.auth],
  ] as const;
  const titled = text.replaceAll(literal(SAMPLE.title, language), () => literal(title, language));
  return defaults.reduce(
    (source, [sample, own = sample]) =>
      source.replaceAll(language.asDefault(literal(sample, language)), () =>
        language.asDefault(literal(own, language)),
      ),
    withNames(titled, answers),
  );
}

/** A string as the formatter of new projects writes it: in its quotes, unless that needs more escapes. */
function literal(text: string, { quote }: Language): string {
  const other = quote === "'" ? '"' : "'";
  const count = (one: string): number => text.split(one).length - 1;
  const around = count(quote) > count(other) ? other : quote;
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return `${around}${escaped.replaceAll(around, `\\${around}`)}${around}`;
}

/** What Python imports: never a word of the language or a module of its library, so it ends with `_server`. */
function moduleName(name: string): string {
  const words = name.replaceAll('-', '_');
  return words.endsWith('_server') ? words : `${words}_server`;
}
