import type { Json } from '../core/json.ts';
import { type Answers, accessOf, checkAnswers, languageOf, variantOf } from './answers.ts';
import { bundleManifest } from './files/bundle-manifest.ts';
import { envExample } from './files/env-example.ts';
import { packageJson } from './files/package-json.ts';
import { pyproject } from './files/pyproject.ts';
import { readme } from './files/readme.ts';
import { registryEntry } from './files/registry-entry.ts';
import { inSource, inText, withNames } from './files/renamed.ts';
import { operationsJson, operationsSource } from './openapi/operations-source.ts';
import { printJson } from './print-json.ts';
import type { Layers } from './template.ts';
import { COMMON_VARIABLES, type Variable } from './variable.ts';

export interface PlannedFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Made anew from the answers, from what the layers have of them. */
const MADE: Readonly<
  Record<string, (texts: readonly string[], answers: Answers, variables: readonly Variable[]) => string>
> = {
  'package.json': (texts, answers) => packageJson(texts.map(parse), answers),
  'pyproject.toml': (texts, answers) => pyproject(texts, answers),
  'server.json': ([text = '{}'], answers, variables) =>
    printJson(registryEntry(parse(text), answers, variables)),
  'manifest.json': ([text = '{}'], answers, variables) =>
    printJson(bundleManifest(parse(text), answers, variables)),
  'README.md': (texts, answers, variables) => readme(texts, answers, variables),
};

/** Every file of a new server. Pure: the same template and answers give the same files. @throws what `checkAnswers` does */
export function planFiles(layers: Layers, given: Answers): PlannedFile[] {
  const answers = checkAnswers(given);
  const variables = variablesOf(answers);
  const paths = [...new Set(layers.flatMap((layer) => [...layer.keys()]))];
  const files = paths.map((path) => {
    const texts = layers.flatMap((layer) => layer.get(path) ?? []);
    const make = MADE[path];
    const text = make ? make(texts, answers, variables) : written(path, texts.at(-1) ?? '', answers);
    return { path: withNames(path, answers), text };
  });
  files.push({ path: '.env.example', text: envExample(variables) });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Variables of the new server, with the defaults it is made with. */
export function variablesOf({ wraps, access, transport, apiUrl, program, api }: Answers): Variable[] {
  const defaults: Record<string, string | undefined> = {
    MCP_TRANSPORT: transport,
    API_BASE_URL: apiUrl,
    API_AUTH: api?.auth,
    PROGRAM: program,
  };
  const all: readonly Variable[] = [
    ...variantOf(wraps).variables,
    ...accessOf(access).variables,
    ...COMMON_VARIABLES,
  ];
  return all.map((variable) => {
    const value = defaults[variable.name];
    return value === undefined ? variable : { ...variable, default: value };
  });
}

function written(path: string, text: string, answers: Answers): string {
  if (path === 'src/operations.ts' && answers.api) return operationsSource(text, answers.api);
  if (path === 'src/example_server/operations.json' && answers.api) return operationsJson(answers.api);
  if (path === 'biome.json' && answers.api) return text.replace('"!dist",', '"!dist", "!src/operations.ts",');
  return path.endsWith(languageOf(answers.language).ending) ? inSource(text, answers) : inText(text, answers);
}

function parse(text: string): Record<string, Json> {
  return JSON.parse(text) as Record<string, Json>;
}
