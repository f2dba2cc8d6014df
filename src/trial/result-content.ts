import { isRecord } from '../core/json.ts';

/** Members a content of each type needs, as texts. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  image: ['data', 'mimeType'],
  audio: ['data', 'mimeType'],
  resource_link: ['uri', 'name'],
};

/** What is wrong with one content of a result or prompt; undefined when nothing is. `place` names it. */
export function contentProblem(content: unknown, place: string): string | undefined {
  if (!isRecord(content)) return `${place} is no object`;
  const { type, resource } = content;
  if (type === 'resource') {
    const isWhole = isRecord(resource) && typeof resource.uri === 'string';
    const hasBody =
      isRecord(resource) && (typeof resource.text === 'string' || typeof resource.blob === 'string');
    return isWhole && hasBody ? undefined : `${place} embeds a resource without uri, or without text or blob`;
  }
  const needs = typeof type === 'string' && Object.hasOwn(NEEDS, type) ? NEEDS[type] : undefined;
  if (!needs) return `${place} has type ${JSON.stringify(type) ?? 'undefined'}, which no client knows`;
  const missing = needs.find((key) => typeof content[key] !== 'string');
  return missing === undefined ? undefined : `${place} of type ${type} has no ${missing}`;
}
