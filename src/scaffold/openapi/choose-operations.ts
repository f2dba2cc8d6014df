import { closest } from '../../core/closest.ts';
import { McpctlError } from '../../core/errors.ts';
import { toolName } from './names.ts';
import type { ApiDescription, Operation } from './operation.ts';

/** Operations by their tool names, their ids, or as `GET /path`. @throws OPENAPI_OPERATION_UNKNOWN */
export function chooseOperations(api: ApiDescription, wanted: readonly string[]): Operation[] {
  const chosen = wanted.map((word) => {
    const found =
      api.operations.find((operation) => [operation.name, requestLine(operation)].includes(word)) ??
      api.operations.find(({ name }) => name === toolName(word, '', ''));
    if (found) return found;
    const left = api.left.find(({ operation }) => operation === word);
    const near = closest(
      word,
      api.operations.map(({ name }) => name),
    );
    throw new McpctlError(
      'OPENAPI_OPERATION_UNKNOWN',
      left
        ? `${word} cannot be a tool: ${left.why}.`
        : `The document has no operation ${JSON.stringify(word)}.`,
      { hint: near.length > 0 ? `Did you mean ${near[0]}?` : `It has: ${shortList(api.operations)}` },
    );
  });
  return [...new Set(chosen)];
}

export function requestLine({ method, path }: Operation): string {
  return `${method} ${path}`;
}

function shortList(operations: readonly Operation[]): string {
  const names = operations.slice(0, 12).map(({ name }) => name);
  return operations.length > names.length
    ? `${names.join(', ')} and ${operations.length - names.length} more`
    : names.join(', ');
}
