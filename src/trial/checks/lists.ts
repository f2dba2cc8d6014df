import { isRecord, type JsonObject } from '../../core/json.ts';
import type { Check, Problem } from '../check.ts';
import { LIST_NAMES, LISTS, type Listing, nameOf, readList, textOf } from '../definitions.ts';
import { contentProblem } from '../result-content.ts';
import { describeAnswer } from '../talk/answer.ts';

const pagingEnds: Check = {
  id: 'paging-ends',
  eras: 'first',
  async examine(scene) {
    const { lists } = await scene.definitions();
    return LIST_NAMES.flatMap((name): Problem[] => {
      const { endless, failed, pages } = lists[name];
      const { method } = LISTS[name];
      if (endless !== undefined) {
        const how =
          endless === true ? `has more than ${pages.length} pages` : `gives the cursor ${endless} again`;
        return [{ message: `${method} ${how}` }];
      }
      const isBroken = failed !== undefined && pages.length > 0;
      return isBroken ? [{ message: `page ${pages.length + 1} of ${method} ${describeAnswer(failed)}` }] : [];
    });
  },
};

const pagingUnique: Check = {
  id: 'paging-unique',
  eras: 'first',
  async examine(scene) {
    const { lists } = await scene.definitions();
    const paged = LIST_NAMES.filter((name) => lists[name].pages.length > 1);
    if (paged.length === 0) return { skipped: 'its lists have one page' };
    return paged.flatMap((name) => repeated(lists[name], name));
  },
};

/** What one page has and another too; the same name twice on one page is another matter. */
function repeated({ pages, endless }: Listing, name: 'tools' | string): Problem[] {
  if (endless !== undefined) return [];
  const seenOn = new Map<string, number>();
  return pages.flatMap((page, index) => {
    const items = (Array.isArray(page[name]) ? page[name] : []).filter(isRecord) as JsonObject[];
    return items.flatMap((item) => {
      const label = nameOf(item);
      const before = seenOn.get(label);
      seenOn.set(label, index);
      return before === undefined || before === index
        ? []
        : [{ subject: label, message: `pages ${before + 1} and ${index + 1} of ${name} both have it` }];
    });
  });
}

const cursorRefused: Check = {
  id: 'cursor-refused',
  eras: 'each',
  async examine(scene, { era }) {
    const { lists } = await scene.definitions();
    const paged = LIST_NAMES.filter((name) => lists[name].pages.length > 1);
    if (paged.length === 0) return { skipped: 'its lists have one page' };
    const talk = await scene.shared(era);
    const problems: Problem[] = [];
    for (const name of paged) {
      const answer = await talk.ask(LISTS[name].method, { cursor: 'mcpctl-never-given' });
      if (answer.kind !== 'error') {
        problems.push({
          message: `${LISTS[name].method} with a cursor it never gave ${describeAnswer(answer)}`,
        });
      }
    }
    return problems;
  },
};

const stableOrder: Check = {
  id: 'stable-order',
  eras: 'each',
  async examine(scene, { era }) {
    const talk = await scene.shared(era);
    const [first, second] = [await readList(talk, 'tools'), await readList(talk, 'tools')].map(({ items }) =>
      items.map(nameOf).join('\n'),
    );
    if (first === second) return [];
    const isSameSet = (text = ''): string => text.split('\n').sort().join('\n');
    return [
      {
        message:
          isSameSet(first) === isSameSet(second)
            ? 'tools/list has another order the second time'
            : 'tools/list has other tools the second time',
      },
    ];
  },
};

const MOST_READ = 20;

const resourcesReadable: Check = {
  id: 'resources-readable',
  eras: 'each',
  async examine(scene, { era }) {
    const { items } = (await scene.definitions()).lists.resources;
    if (items.length === 0) return { skipped: 'it lists no resources' };
    const talk = await scene.shared(era);
    const problems: Problem[] = [];
    for (const item of items.slice(0, MOST_READ)) {
      const uri = textOf(item.uri);
      const answer = await talk.ask('resources/read', { uri });
      const message =
        answer.kind === 'result' ? contentsProblem(answer.result) : `reading it ${describeAnswer(answer)}`;
      if (message !== undefined) problems.push({ subject: uri, message });
    }
    return problems;
  },
};

function contentsProblem({ contents }: JsonObject): string | undefined {
  if (!Array.isArray(contents)) return 'the result has no list of contents';
  for (const [index, content] of contents.entries()) {
    if (!isRecord(content) || typeof content.uri !== 'string') return `contents[${index}] has no uri`;
    if (typeof content.text !== 'string' && typeof content.blob !== 'string') {
      return `contents[${index}] has neither text nor blob`;
    }
  }
  return undefined;
}

const promptsUsable: Check = {
  id: 'prompts-usable',
  eras: 'each',
  async examine(scene, { era }) {
    const { items } = (await scene.definitions()).lists.prompts;
    const free = items.filter(({ arguments: wanted }) =>
      Array.isArray(wanted) ? wanted.every((one) => !isRecord(one) || one.required !== true) : true,
    );
    if (free.length === 0) return { skipped: 'it lists no prompts without required arguments' };
    const talk = await scene.shared(era);
    const problems: Problem[] = [];
    for (const prompt of free.slice(0, MOST_READ)) {
      const name = nameOf(prompt);
      const answer = await talk.ask('prompts/get', { name });
      const message =
        answer.kind === 'result' ? messagesProblem(answer.result) : `getting it ${describeAnswer(answer)}`;
      if (message !== undefined) problems.push({ subject: name, message });
    }
    return problems;
  },
};

function messagesProblem({ messages }: JsonObject): string | undefined {
  if (!Array.isArray(messages)) return 'the result has no list of messages';
  for (const [index, message] of messages.entries()) {
    if (!isRecord(message) || (message.role !== 'user' && message.role !== 'assistant')) {
      return `messages[${index}] has no role "user" or "assistant"`;
    }
    const problem = contentProblem(message.content, `messages[${index}].content`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export const LIST_CHECKS: readonly Check[] = [
  pagingEnds,
  pagingUnique,
  cursorRefused,
  stableOrder,
  resourcesReadable,
  promptsUsable,
];
