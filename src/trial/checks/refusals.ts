import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { properties } from '../../mcp/tool-arguments.ts';
import type { Check, Problem } from '../check.ts';
import { nameOf } from '../definitions.ts';
import { sampleArguments } from '../sample-arguments.ts';
import { isHarmless } from '../samples.ts';
import { type Answer, describeAnswer, isRefusal } from '../talk/answer.ts';

const NOBODY = 'mcpctl_no_such_thing';

/** A problem unless the answer is an error with one of the codes. */
function wantError(answer: Answer, what: string, codes: readonly number[]): Problem[] {
  if (answer.kind === 'error' && codes.some((code) => code === answer.code)) return [];
  const wanted = codes.join(' or ');
  const message = `${what}: it ${describeAnswer(answer)}, not with ${wanted}`;
  // A refusal under another code keeps callers safe, and only tells them less.
  return [{ message, ...(answer.kind === 'error' && { severity: 'warning' as const }) }];
}

const unknownMethod: Check = {
  id: 'unknown-method',
  eras: 'each',
  async examine(scene, { era }) {
    const answer = await (await scene.shared(era)).ask(`mcpctl/${NOBODY}`);
    if (answer.kind === 'error' && answer.code !== -32601) {
      return [{ message: `an unknown method was ${describeAnswer(answer)}, not with -32601` }];
    }
    return wantError(answer, 'an unknown method', [-32601]);
  },
};

const unknownTool: Check = {
  id: 'unknown-tool',
  eras: 'each',
  async examine(scene, { era }) {
    if (!('tools' in (scene.hellos.get(era)?.capabilities ?? {}))) return { skipped: 'it has no tools' };
    const talk = await scene.shared(era);
    const answer = await talk.ask('tools/call', { name: NOBODY, arguments: {} });
    if (answer.kind === 'result' && isRefusal(answer)) return [];
    return wantError(answer, 'a call of a tool it does not have', [-32602, -32601]);
  },
};

const callParams: Check = {
  id: 'call-params',
  eras: 'each',
  async examine(scene, { era }) {
    if (!('tools' in (scene.hellos.get(era)?.capabilities ?? {}))) return { skipped: 'it has no tools' };
    const talk = await scene.shared(era);
    const answer = await talk.ask('tools/call', { arguments: {} });
    if (answer.kind === 'result' && isRefusal(answer)) return [];
    return wantError(answer, 'a call without the name of a tool', [-32602, -32600, -32603]);
  },
};

const wrongArguments: Check = {
  id: 'wrong-arguments',
  eras: 'each',
  async examine(scene, { era }) {
    if (!scene.mayCall) return { skipped: 'tools are not called (--no-calls)' };
    const { tools } = await scene.definitions();
    const tries = tools
      .filter(isHarmless)
      .flatMap((tool) => wrongOnes(tool).map((wrong) => ({ tool: nameOf(tool), ...wrong })));
    if (tries.length === 0) return { skipped: 'no tool that only reads has arguments to get wrong' };
    const talk = await scene.shared(era);
    const problems: Problem[] = [];
    for (const { tool, values, what } of tries.slice(0, MOST_TRIES)) {
      const answer = await talk.ask('tools/call', { name: tool, arguments: values });
      if (!isRefusal(answer)) {
        problems.push({ subject: tool, message: `called with ${what} it ${describeAnswer(answer)}` });
      }
    }
    return problems;
  },
};

const MOST_TRIES = 60;

interface Wrong {
  readonly values: JsonObject;
  readonly what: string;
}

/** Arguments that do not fit: without a required one, and with one of another type. */
function wrongOnes({ inputSchema }: JsonObject): Wrong[] {
  if (!isRecord(inputSchema)) return [];
  const schema = inputSchema as JsonObject;
  const good = sampleArguments(schema);
  const [missing] = Object.keys(good);
  const wrongs: Wrong[] = [];
  if (missing !== undefined) {
    const { [missing]: _, ...rest } = good;
    wrongs.push({ values: rest, what: `${missing} missing` });
  }
  const typed = Object.entries(properties(schema)).find(([, { type }]) =>
    Object.hasOwn(MISFIT, String(type)),
  );
  if (typed) {
    const [name, { type }] = typed;
    const what = `${name} that is no ${String(type)}`;
    wrongs.push({ values: { ...good, [name]: MISFIT[String(type)] ?? null }, what });
  }
  return wrongs;
}

/** Type → a value that no lenient reading makes one of it. */
const MISFIT: Readonly<Record<string, Json>> = {
  string: { not: 'a text' },
  number: 'not a number',
  integer: 'not a number',
  boolean: 'perhaps',
  array: { not: 'a list' },
  object: 'not an object',
};

const resourceUnknown: Check = {
  id: 'resource-unknown',
  eras: 'each',
  async examine(scene, { era }) {
    if (!('resources' in (scene.hellos.get(era)?.capabilities ?? {})))
      return { skipped: 'it has no resources' };
    const talk = await scene.shared(era);
    const answer = await talk.ask('resources/read', { uri: `mcpctl-nothing://${NOBODY}` });
    return wantError(answer, 'a resource it does not have', era === 'modern' ? [-32602] : [-32602, -32002]);
  },
};

const promptUnknown: Check = {
  id: 'prompt-unknown',
  eras: 'each',
  async examine(scene, { era }) {
    if (!('prompts' in (scene.hellos.get(era)?.capabilities ?? {}))) return { skipped: 'it has no prompts' };
    const answer = await (await scene.shared(era)).ask('prompts/get', { name: NOBODY });
    return wantError(answer, 'a prompt it does not have', [-32602]);
  },
};

const metaRequired: Check = {
  id: 'meta-required',
  eras: 'modern',
  // On standard streams a program cannot tell a stateless client without _meta from one with a handshake.
  async examine(scene, { era }) {
    if (scene.eras.includes('legacy')) return { skipped: 'it serves clients without _meta as well' };
    const answer = await (await scene.shared(era)).ask('tools/list', {}, { bare: true });
    return answer.kind === 'none' && answer.why === 'refused'
      ? []
      : wantError(answer, 'a request without _meta', [-32602, -32022]);
  },
};

const removedMethods: Check = {
  id: 'removed-methods',
  eras: 'modern',
  async examine(scene, { era }) {
    const talk = await scene.shared(era);
    const problems: Problem[] = [];
    for (const method of ['ping', 'logging/setLevel', 'resources/subscribe']) {
      const answer = await talk.ask(method, { level: 'info', uri: 'mcpctl-nothing://' });
      if (answer.kind !== 'error')
        problems.push(...wantError(answer, `${method} of a stateless client`, [-32601]));
    }
    return problems;
  },
};

export const REFUSAL_CHECKS: readonly Check[] = [
  metaRequired,
  removedMethods,
  unknownMethod,
  unknownTool,
  callParams,
  wrongArguments,
  resourceUnknown,
  promptUnknown,
];
