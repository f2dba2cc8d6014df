import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { properties } from '../../mcp/tool-arguments.ts';
import type { Check, Problem } from '../check.ts';
import { nameOf, textOf } from '../definitions.ts';
import { sampleArguments } from '../sample-arguments.ts';
import { isHarmless } from '../samples.ts';
import type { Scene } from '../scene.ts';
import type { Answer } from '../talk/answer.ts';

/** A folder outside of everything a server should read, with a file in it. */
interface Outside {
  readonly folder: string;
  readonly file: string;
  /** In the file. */
  readonly content: string;
  /** Name of the file, which the path of the folder does not show. */
  readonly name: string;
}

/** A way to ask a server for a path. */
interface Way {
  readonly subject: string;
  ask(path: string): Promise<Answer>;
}

const pathEscape: Check = {
  id: 'path-escape',
  eras: 'first',
  async examine(scene, { era }) {
    if (!scene.mayCall) return { skipped: 'tools are not called (--no-calls)' };
    const ways = [...(await toolWays(scene, era)), ...(await templateWays(scene, era))];
    if (ways.length === 0) return { skipped: 'nothing that only reads takes a path' };
    const outside = await plant(scene.outsideFolder);
    try {
      const problems: Problem[] = [];
      for (const { subject, ask } of ways) {
        const path = await escaping(outside, ask);
        if (path !== undefined)
          problems.push({ subject, message: `it reads outside its folders by ${path}` });
      }
      return problems;
    } finally {
      await rm(outside.folder, { recursive: true, force: true });
    }
  },
};

async function plant(parent: string): Promise<Outside> {
  const folder = await mkdtemp(join(parent, 'mcpctl-outside-'));
  const name = `${randomUUID()}.txt`;
  const content = `outside ${randomUUID()}`;
  const file = join(folder, name);
  await writeFile(file, `${content}\n`);
  return { folder, file, content, name };
}

const UP = 12;

/** The first form of a path that gets out, or undefined. */
async function escaping(outside: Outside, ask: Way['ask']): Promise<string | undefined> {
  const forms = (path: string): readonly (readonly [string, string])[] => {
    const below = path.replace(/^[A-Za-z]:/, '').replace(/^[\\/]+/, '');
    return [
      ['an absolute path', path],
      ['../', `${'../'.repeat(UP)}${below}`],
      ['a path with ../ in the middle', `x/${'../'.repeat(UP + 1)}${below}`],
      ['%2e%2e%2f', `${'%2e%2e%2f'.repeat(UP)}${below.replaceAll('/', '%2f')}`],
      ['a file: address', pathToFileURL(path).href],
    ];
  };
  for (const [what, path] of forms(outside.file)) {
    if (JSON.stringify(await ask(path)).includes(outside.content)) return what;
  }
  for (const [what, path] of forms(outside.folder)) {
    if (JSON.stringify(await ask(path)).includes(outside.name)) return what;
  }
  return undefined;
}

const PATH_LIKE = /(?:^|[_-])(?:path|file|filename|filepath|folder|dir|directory|uri|url|source|root)s?$/i;

async function toolWays(scene: Scene, era: Scene['eras'][number]): Promise<Way[]> {
  const { tools } = await scene.definitions();
  return tools.filter(isHarmless).flatMap((tool): Way[] => {
    if (!isRecord(tool.inputSchema)) return [];
    const schema = tool.inputSchema as JsonObject;
    const found = Object.entries(properties(schema)).find(
      ([name, property]) => isPathLike(name) && (isText(property) || isTextList(property)),
    );
    if (!found) return [];
    const [parameter, property] = found;
    const name = nameOf(tool);
    const ask = async (path: string): Promise<Answer> => {
      const value: Json = isText(property) ? path : [path];
      const values = { ...sampleArguments(schema), [parameter]: value };
      return await (await scene.shared(era)).ask('tools/call', { name, arguments: values });
    };
    return [{ subject: name, ask }];
  });
}

function isPathLike(name: string): boolean {
  return PATH_LIKE.test(name.replaceAll(/([a-z])([A-Z])/g, '$1_$2'));
}

function isText({ type }: JsonObject): boolean {
  return type === 'string';
}

function isTextList({ type, items }: JsonObject): boolean {
  return type === 'array' && isRecord(items) && items.type === 'string';
}

async function templateWays(scene: Scene, era: Scene['eras'][number]): Promise<Way[]> {
  const { items } = (await scene.definitions()).lists.resourceTemplates;
  return items.flatMap((item): Way[] => {
    const template = textOf(item.uriTemplate);
    const variable = /\{[+/]?([A-Za-z0-9_]+)\*?\}/.exec(template);
    if (!variable || !isPathLike(variable[1] ?? '')) return [];
    const ask = async (path: string): Promise<Answer> => {
      const uri = template.replace(variable[0], () => path).replaceAll(/\{[^}]*\}/g, 'x');
      return await (await scene.shared(era)).ask('resources/read', { uri });
    };
    return [{ subject: basename(nameOf(item)), ask }];
  });
}

export const PATH_CHECKS: readonly Check[] = [pathEscape];
