import type { Answers } from '../answers.ts';
import { withNames } from './renamed.ts';

const DEPENDENCIES = /^dependencies = \[\n((?: {2}".*",\n)*)\]$/m;
const DEVELOPMENT = /^dev = \[\n((?: {2}".*",\n)*)\]$/m;

/** The package of a new server: the base's, with the dependencies of every layer. */
export function pyproject(texts: readonly string[], answers: Answers): string {
  const [base = ''] = texts;
  const { description, author, licence } = answers;
  const needed = [...new Set(texts.flatMap((text) => listed(text, DEPENDENCIES)))].sort();
  const own = withNames(base, answers)
    .replace(/^description = .*$/m, () => `description = ${text(description)}`)
    .replace(/^authors = .*$/m, () => `authors = [{ name = ${text(author)} }]`)
    .replace(DEPENDENCIES, () => `dependencies = [\n${needed.map((one) => `  ${one},\n`).join('')}]`);
  // The registry of packages refuses what has this classifier.
  return licence === 'UNLICENSED'
    ? own.replace(/^license = .*$/m, 'classifiers = ["Private :: Do Not Upload"]')
    : own.replace(/^license = .*$/m, `license = ${text(licence)}`);
}

/** What the project is developed with, as pip takes it. */
export function developmentNeeds(pyprojectText: string): string[] {
  return listed(pyprojectText, DEVELOPMENT).map((one) => JSON.parse(one) as string);
}

function listed(pyprojectText: string, list: RegExp): string[] {
  const [, lines = ''] = list.exec(pyprojectText) ?? [];
  return [...lines.matchAll(/^ {2}(".*"),$/gm)].map(([, quoted = '']) => quoted);
}

/** A basic string of TOML: without control characters it is written as in JSON. */
function text(value: string): string {
  return JSON.stringify(value);
}
