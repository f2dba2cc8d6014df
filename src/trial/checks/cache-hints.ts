import { isRecord, type JsonObject } from '../../core/json.ts';
import { VERSION_KEY } from '../../mcp/greeting.ts';
import type { Check, Problem } from '../check.ts';
import { LIST_NAMES, LISTS, textOf } from '../definitions.ts';

/** What is wrong with how long a stateless result may be kept, and for whom. */
export function cacheProblems({ ttlMs, cacheScope }: JsonObject, method: string): Problem[] {
  const problems: Problem[] = [];
  if (typeof ttlMs !== 'number' || !(ttlMs >= 0)) {
    problems.push({
      message: `${method} has ${ttlMs === undefined ? 'no ttlMs' : `ttlMs ${JSON.stringify(ttlMs)}`}`,
    });
  }
  if (cacheScope !== 'public' && cacheScope !== 'private') {
    const what = cacheScope === undefined ? 'no cacheScope' : `cacheScope ${JSON.stringify(cacheScope)}`;
    problems.push({ message: `${method} has ${what}` });
  }
  return problems;
}

const cacheHints: Check = {
  id: 'cache-hints',
  eras: 'modern',
  async examine(scene, { era }) {
    const talk = await scene.shared(era);
    const capabilities = scene.hellos.get(era)?.capabilities ?? {};
    const problems: Problem[] = [];
    for (const name of LIST_NAMES) {
      if (!(LISTS[name].capability in capabilities)) continue;
      const answer = await talk.ask(LISTS[name].method);
      if (answer.kind === 'result') problems.push(...cacheProblems(answer.result, LISTS[name].method));
    }
    const [resource] = (await scene.definitions()).lists.resources.items;
    if (resource) {
      const answer = await talk.ask('resources/read', { uri: textOf(resource.uri) });
      if (answer.kind === 'result') problems.push(...cacheProblems(answer.result, 'resources/read'));
    }
    return problems;
  },
};

const resultType: Check = {
  id: 'result-type',
  eras: 'modern',
  async examine({ talks }) {
    const kinds = new Set<string>();
    for (const { lines } of talks.filter(({ era }) => era === 'modern')) {
      const stateless = new Set(
        lines.flatMap(({ from, message }) => (from === 'client' ? idOfStateless(message) : [])),
      );
      for (const { from, message } of lines) {
        const { id, result } = message;
        if (from !== 'server' || !isRecord(result) || !stateless.has(JSON.stringify(id))) continue;
        kinds.add(JSON.stringify(result.resultType) ?? 'none');
      }
    }
    return [...kinds]
      .filter((kind) => !['"complete"', '"input_required"', '"task"'].includes(kind))
      .map((kind) => ({
        message: kind === 'none' ? 'results have no resultType' : `results have resultType ${kind}`,
      }));
  },
};

/** The id of a request that says that it is stateless; of others the result may be of an older kind. */
function idOfStateless({ id, params }: JsonObject): string[] {
  const isStateless = isRecord(params) && isRecord(params._meta) && VERSION_KEY in params._meta;
  return isStateless ? [JSON.stringify(id)] : [];
}

export const STATELESS_RESULT_CHECKS: readonly Check[] = [cacheHints, resultType];
