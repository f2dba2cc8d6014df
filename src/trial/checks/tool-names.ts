import type { JsonObject } from '../../core/json.ts';
import type { Check, Problem } from '../check.ts';
import { annotationsOf, nameOf } from '../definitions.ts';
import { isNamedForChange } from '../named-for-change.ts';

/** Longest name Claude takes, with the `mcp__<server>__` before it. */
const CLAUDE_LENGTH = 64;
/** Server and tool together in Cursor, which leaves out longer ones. */
const CURSOR_LENGTH = 60;
const PROTOCOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;
const EVERYWHERE = /^[A-Za-z0-9_-]{1,64}$/;

const toolNames: Check = {
  id: 'tool-names',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap(({ name }): Problem[] => {
      if (typeof name !== 'string' || !PROTOCOL_NAME.test(name)) {
        return [
          {
            subject: String(name),
            message: 'the protocol allows A-Z, a-z, 0-9, _, - and . in 1 to 128 characters',
          },
        ];
      }
      if (EVERYWHERE.test(name)) return [];
      const what = name.includes('.') ? 'a dot in the name' : 'more than 64 characters';
      return [{ subject: name, severity: 'warning', message: `models of some vendors refuse ${what}` }];
    });
  },
};

const toolNamesUnique: Check = {
  id: 'tool-names-unique',
  eras: 'first',
  async examine(scene) {
    const { lists } = await scene.definitions();
    const onePage = lists.tools.pages.flatMap((page) => {
      const names = new Map<string, string>();
      return (Array.isArray(page.tools) ? (page.tools as JsonObject[]) : []).flatMap((tool): Problem[] => {
        const name = nameOf(tool);
        const other = names.get(name.toLowerCase());
        names.set(name.toLowerCase(), name);
        if (other === undefined) return [];
        if (other === name) return [{ subject: name, message: 'another tool has the same name' }];
        return [{ subject: name, severity: 'warning', message: `differs from ${other} by case only` }];
      });
    });
    return onePage;
  },
};

const toolNameLength: Check = {
  id: 'tool-name-length',
  eras: 'first',
  async examine(scene) {
    const inClaude = `mcp__${scene.name}__`.length;
    return (await scene.definitions()).tools.map(nameOf).flatMap((name): Problem[] => {
      if (inClaude + name.length > CLAUDE_LENGTH) {
        const message = `mcp__${scene.name}__${name} has ${inClaude + name.length} characters, and Claude takes ${CLAUDE_LENGTH}`;
        return [{ subject: name, message }];
      }
      const inCursor = scene.name.length + name.length;
      return inCursor > CURSOR_LENGTH
        ? [
            {
              subject: name,
              message: `with the server's name it has ${inCursor} characters, and Cursor takes ${CURSOR_LENGTH}`,
            },
          ]
        : [];
    });
  },
};

const annotationsPresent: Check = {
  id: 'annotations-present',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap((tool) =>
      typeof annotationsOf(tool).readOnlyHint === 'boolean'
        ? []
        : [{ subject: nameOf(tool), message: 'it has no readOnlyHint' }],
    );
  },
};

const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'];

const annotationsConsistent: Check = {
  id: 'annotations-consistent',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap((tool) => {
      const hints = annotationsOf(tool);
      const subject = nameOf(tool);
      const wrong = HINTS.filter((hint) => hints[hint] !== undefined && typeof hints[hint] !== 'boolean');
      const problems: Problem[] = wrong.map((hint) => ({
        subject,
        message: `${hint} is ${JSON.stringify(hints[hint])}, not true or false`,
      }));
      if (hints.readOnlyHint === true && hints.destructiveHint === true) {
        problems.push({ subject, message: 'it claims to be read-only and to destroy' });
      }
      return problems;
    });
  },
};

const readOnlyName: Check = {
  id: 'read-only-name',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap((tool) => {
      const subject = nameOf(tool);
      return annotationsOf(tool).readOnlyHint === true && isNamedForChange(subject)
        ? [{ subject, message: 'it is marked read-only' }]
        : [];
    });
  },
};

export const TOOL_NAME_CHECKS: readonly Check[] = [
  toolNames,
  toolNamesUnique,
  toolNameLength,
  annotationsPresent,
  annotationsConsistent,
  readOnlyName,
];
