import { randomUUID } from 'node:crypto';
import { isRecord, type JsonObject } from '../../core/json.ts';

/** True when a client said that it answers such a question. */
export function takesQuestion(capabilities: JsonObject, method: string, params: JsonObject): boolean {
  if (method === 'sampling/createMessage') return isRecord(capabilities.sampling);
  if (method === 'roots/list') return isRecord(capabilities.roots);
  if (method !== 'elicitation/create' || !isRecord(capabilities.elicitation)) return false;
  const { form, url } = capabilities.elicitation;
  if (params.mode === 'url') return url !== undefined;
  // Who names no mode takes forms, as all did before there were modes.
  return form !== undefined || url === undefined;
}

/** What a client has to declare before it can be asked. */
export function capabilityFor(method: string, params: JsonObject): JsonObject {
  if (method === 'sampling/createMessage') return { sampling: {} };
  if (method === 'roots/list') return { roots: {} };
  if (method !== 'elicitation/create') return {};
  return { elicitation: { [params.mode === 'url' ? 'url' : 'form']: {} } };
}

/** A question of a legacy server as one of the modern era: without what belonged to the request it was. */
export function modernQuestion(params: JsonObject): JsonObject {
  const { elicitationId: _, _meta, ...rest } = params;
  if (!isRecord(_meta)) return rest;
  const { progressToken: __, ...meta } = _meta as JsonObject;
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta };
}

/** A question of a modern server for a legacy client, which wants an id with every address to visit. */
export function legacyQuestion(method: string, params: JsonObject): JsonObject {
  if (method !== 'elicitation/create' || params.mode !== 'url') return params;
  return { ...params, elicitationId: params.elicitationId ?? randomUUID() };
}

/** Why an answer cannot be the one to a question; undefined when it can. */
export function answerProblem(method: string, answer: unknown): string | undefined {
  const shape = SHAPES[method];
  if (isRecord(answer) && (!shape || shape(answer))) return undefined;
  return `This is no answer to ${method}.`;
}

const SHAPES: Readonly<Record<string, (answer: Record<string, unknown>) => boolean>> = {
  'elicitation/create': ({ action }) => typeof action === 'string',
  'sampling/createMessage': ({ role, content }) => typeof role === 'string' && typeof content === 'object',
  'roots/list': ({ roots }) => Array.isArray(roots),
};
