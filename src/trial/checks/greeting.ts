import { isRecord } from '../../core/json.ts';
import { LEGACY_VERSIONS, MODERN_VERSION, VERSION_KEY } from '../../mcp/greeting.ts';
import type { Check, Problem } from '../check.ts';
import { LIST_NAMES, LISTS } from '../definitions.ts';
import type { Scene } from '../scene.ts';
import { serverInfoOf } from '../server-info.ts';
import { describeAnswer } from '../talk/answer.ts';
import { initializeParams } from '../talk/begin.ts';
import { cacheProblems } from './cache-hints.ts';

const handshake: Check = {
  id: 'handshake',
  eras: 'first',
  async examine({ hellos }) {
    return [...hellos.values()].flatMap(({ era, version }) =>
      era === 'modern' || LEGACY_VERSIONS.some((known) => known === version)
        ? []
        : [{ message: `it speaks version ${JSON.stringify(version)}, which does not exist` }],
    );
  },
};

const serverInfo: Check = {
  id: 'server-info',
  eras: 'each',
  async examine({ hellos }, { era }) {
    const result = hellos.get(era)?.result ?? {};
    const info = serverInfoOf(result);
    const problems: Problem[] = ['name', 'version'].flatMap((key) =>
      typeof info[key] === 'string' && info[key] !== ''
        ? []
        : [
            {
              message: `serverInfo has no ${key}`,
              // What stateless servers say of themselves is a recommendation.
              ...(era === 'modern' && { severity: 'warning' as const }),
            },
          ],
    );
    if (!isRecord(result.capabilities)) problems.push({ message: 'capabilities are no object' });
    return problems;
  },
};

const versionNegotiation: Check = {
  id: 'version-negotiation',
  eras: 'each',
  examine: async (scene, { era }) =>
    era === 'legacy' ? await oldNegotiation(scene) : await newNegotiation(scene),
};

const NEVER = '1999-01-01';

async function oldNegotiation(scene: Scene): Promise<Problem[]> {
  const talk = await scene.start('legacy');
  try {
    const answer = await talk.ask('initialize', initializeParams(NEVER, scene.client));
    if (answer.kind === 'error') return [];
    if (answer.kind === 'none') return [{ message: `asked for version ${NEVER} it ${answer.reason}` }];
    const { protocolVersion } = answer.result;
    if (LEGACY_VERSIONS.some((known) => known === protocolVersion)) return [];
    return [{ message: `asked for version ${NEVER} it agreed to ${JSON.stringify(protocolVersion)}` }];
  } finally {
    await talk.close();
  }
}

async function newNegotiation(scene: Scene): Promise<Problem[]> {
  const talk = await scene.shared('modern');
  const answer = await talk.ask('tools/list', { _meta: { [VERSION_KEY]: '2099-01-01' } });
  if (answer.kind !== 'error' || answer.code !== -32022) {
    return [{ message: `a request of version 2099-01-01 was ${described(answer)}, not with -32022` }];
  }
  const supported = isRecord(answer.data) ? answer.data.supported : undefined;
  return Array.isArray(supported) && supported.includes(MODERN_VERSION)
    ? []
    : [{ message: 'the error -32022 does not list the versions it knows in data.supported' }];
}

function described(answer: Parameters<typeof describeAnswer>[0]): string {
  return answer.kind === 'none' ? 'not answered' : describeAnswer(answer);
}

const discoverResult: Check = {
  id: 'discover-result',
  eras: 'modern',
  async examine({ hellos }) {
    const result = hellos.get('modern')?.result ?? {};
    return cacheProblems(result, 'server/discover');
  },
};

const capabilitiesHonest: Check = {
  id: 'capabilities-honest',
  eras: 'each',
  async examine(scene, { era }) {
    const capabilities = scene.hellos.get(era)?.capabilities ?? {};
    const talk = await scene.shared(era);
    const problems: Problem[] = [];
    for (const name of LIST_NAMES) {
      const { capability, method } = LISTS[name];
      const answer = await talk.ask(method);
      const list = answer.kind === 'result' ? answer.result[name] : undefined;
      const isDeclared = capability in capabilities;
      // Templates are optional for servers with resources.
      const isOptional = name === 'resourceTemplates' && answer.kind === 'error' && answer.code === -32601;
      if (isDeclared && !Array.isArray(list) && !isOptional) {
        const what = answer.kind === 'result' ? `answered without a list of ${name}` : describeAnswer(answer);
        problems.push({ message: `it declares ${capability}, and ${method} ${what}` });
      }
      if (!isDeclared && Array.isArray(list) && list.length > 0) {
        problems.push({ message: `it lists ${name} and does not declare ${capability}` });
      }
    }
    return problems;
  },
};

export const GREETING_CHECKS: readonly Check[] = [
  handshake,
  serverInfo,
  versionNegotiation,
  discoverResult,
  capabilitiesHonest,
];
