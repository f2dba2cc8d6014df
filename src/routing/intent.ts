import { wordsOf, wordsOfName } from './text/words.ts';

/** What a request wants done, or a tool does. */
export type Action = 'find' | 'list' | 'read' | 'create' | 'change' | 'remove' | 'send' | 'run' | 'stop';

const READING: ReadonlySet<Action> = new Set(['find', 'list', 'read']);

/** Of requests: `open` makes a pull request, and reads a file. */
const REQUESTED = wordTable({
  find: 'search find locate lookup discover hunt google look query who where whose any ask',
  list: 'list show which enumerate display all browse overview summarize summarise catch count sum group sort',
  read: 'get read fetch retrieve view describe explain check open what inspect pull download compare analyze analyse diagnose investigate why how when is are was were did does do has have print see preview review summarize summarise tail watch monitor measure estimate calculate',
  create:
    'create add new make open file raise book write draft build generate insert register schedule set upload record start save store launch declare fork clone log remember design put',
  change:
    'update edit change modify set mark move assign rename turn enable disable resolve close merge approve reassign reschedule archive adjust scale transition edit complete toggle switch increase decrease raise lower upgrade acknowledge ack push put replace append attach convert link stage roll resize transfer deactivate activate unassign reopen escalate lock unlock block ban grant revoke shift postpone swap cover put bring pin rotate restore',
  remove: 'delete remove drop erase purge clear uninstall forget discard trash wipe unstage',
  send: 'send post publish reply tell notify message email mail comment announce page ping respond answer dm text share alert inform broadcast react invite forward',
  run: 'run execute trigger invoke launch start rerun retry deploy apply kick scan test call restart install navigate click visit build press submit query sync preview release',
  stop: 'stop cancel abort halt kill terminate end',
});

/** Of tools, by the first such word of their name, else of their description. */
const OFFERED = wordTable({
  find: 'search find lookup query locate ask recommend suggest',
  list: 'list enumerate browse all history',
  read: 'get read fetch retrieve view describe show info inspect status explain analyze analyse check compare count download details log logs output diff tree preview summarize',
  create:
    'create add new make insert generate upload draft build write fork copy register book save store open',
  change:
    'update edit change modify set move assign rename merge manage transition resolve patch replace scale acknowledge approve apply convert',
  remove: 'delete remove drop erase clear uninstall purge reset',
  send: 'send post publish reply comment notify message share',
  run: 'run execute trigger invoke start rerun retry deploy call install navigate click scan exec sync launch',
  stop: 'stop cancel abort kill terminate',
});

/** What a request may want, most likely first; empty when no word says it. */
export function actionsAsked(words: readonly string[]): Action[] {
  for (const [place, word] of words.entries()) {
    if (POLITE.has(word)) continue;
    const actions = REQUESTED.get(word);
    if (actions) return [...actions];
    // A verb further in belongs to something else: "the deploy stage", "a failed run".
    if (place > LATEST_VERB) break;
  }
  return [];
}

/** Whether a word can say what to do. */
export function isAction(word: string): boolean {
  return REQUESTED.has(word);
}

/** Whether a word, as the first of a sentence, asks for something to be done. */
export function asksForAction(word: string): boolean {
  return REQUESTED.has(word) && !QUESTIONS.has(word);
}

/** What a tool does, by its name; else by how its description begins. */
export function actionOffered({ name, description }: { name: string; description: string }): Action[] {
  const words = wordsOfName(name);
  // What takes a query answers questions, although it runs something.
  const questions: Action[] = words.some((word) => QUERY.test(word)) ? ['find', 'list', 'read'] : [];
  for (const each of [words, wordsOf(description).slice(0, 3)]) {
    for (const word of each) {
      const actions = OFFERED.get(word);
      if (actions) return [...new Set([...actions, ...questions])];
    }
  }
  return questions;
}

/** How well what is offered fits what is asked: 1 the same, 0 unknown or near, -1 writing where reading was asked. */
export function fitOf(asked: readonly Action[], offered: readonly Action[]): number {
  if (asked.length === 0 || offered.length === 0) return 0;
  if (asked.some((action) => offered.includes(action))) return 1;
  const reads = (action: Action): boolean => READING.has(action);
  if (asked.some(reads) && offered.some(reads)) return 0.5;
  if (asked.every(reads) && !offered.some(reads)) return offered.includes('run') ? 0 : -1;
  return offered.some(reads) ? -0.5 : -0.25;
}

/** Whether a tool may change something, as far as its name says. */
export function isWriting(offered: readonly Action[]): boolean {
  return offered.length > 0 && !offered.some((action) => READING.has(action));
}

const QUERY = /^(query|queries|sql|esql|soql|cql|promql)$/;
const QUESTIONS = new Set(
  'who where whose any which all why how when is are was were did does do has have what'.split(' '),
);
const LATEST_VERB = 6;
const POLITE = new Set(
  'please can could would will you i we need want to like the a an me us our my hey hi help let lets id'.split(
    ' ',
  ),
);

function wordTable(words: Readonly<Record<Action, string>>): Map<string, Set<Action>> {
  const table = new Map<string, Set<Action>>();
  for (const [action, text] of Object.entries(words)) {
    for (const word of text.split(' ')) {
      table.set(word, (table.get(word) ?? new Set()).add(action as Action));
    }
  }
  return table;
}
