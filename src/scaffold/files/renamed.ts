import type { Answers } from '../answers.ts';

/** What the templates say where a new server says its own. */
const SAMPLE = {
  name: 'example-server',
  title: 'Example server',
  namespace: 'io.github.example',
  author: 'Example author',
  year: '2026',
  apiUrl: 'https://api.example.com/v1',
} as const;

/** A text file with the names of the new server. */
export function inText(text: string, { name, namespace, author, year, title }: Answers): string {
  return text
    .replaceAll(`Copyright (c) ${SAMPLE.year} ${SAMPLE.author}`, () => `Copyright (c) ${year} ${author}`)
    .replaceAll(`${SAMPLE.namespace}/`, `${namespace}/`)
    .replaceAll(SAMPLE.title, () => title)
    .replaceAll(SAMPLE.name, name);
}

/** A source file with the names and defaults of the new server, each as a literal. */
export function inSource(text: string, answers: Answers): string {
  const { name, title, transport, apiUrl, program, api } = answers;
  return text
    .replaceAll(literal(SAMPLE.title), () => literal(title))
    .replaceAll(SAMPLE.name, name)
    .replaceAll(".default('stdio')", `.default('${transport}')`)
    .replaceAll(`.default(${literal(SAMPLE.apiUrl)})`, () => `.default(${literal(apiUrl ?? SAMPLE.apiUrl)})`)
    .replaceAll(".default('git')", () => `.default(${literal(program ?? 'git')})`)
    .replaceAll(".default('bearer')", () => `.default(${literal(api?.auth ?? 'bearer')})`);
}

/** A string as the formatter of new projects writes it: single quotes, unless that needs more escapes. */
export function literal(text: string): string {
  const escaped = JSON.stringify(text);
  const singles = text.split("'").length - 1;
  const doubles = text.split('"').length - 1;
  if (singles > doubles) return escaped;
  return `'${escaped.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
