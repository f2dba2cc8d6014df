import type { Json, JsonObject } from '../../core/json.ts';
import type { Answers } from '../answers.ts';
import type { Variable } from '../variable.ts';

/** `server.json` of the MCP registry. A package is always started on standard streams. */
export function registryEntry(
  base: Record<string, Json>,
  { name, title, description, namespace }: Answers,
  variables: readonly Variable[],
): Json {
  const packages = Array.isArray(base.packages) ? (base.packages as JsonObject[]) : [];
  return {
    ...base,
    name: `${namespace}/${name}`,
    title,
    description,
    packages: packages.map((one) => ({
      ...one,
      identifier: name,
      packageArguments: [{ type: 'positional', value: '--stdio' }],
      environmentVariables: variables.filter(isForPackages).map(input),
    })),
  } as Json;
}

/** What counts over HTTP alone has no place where a client starts the server. */
export function isForPackages({ name }: Variable): boolean {
  return !/^(MCP|OAUTH)_/.test(name);
}

function input({
  name,
  description,
  format,
  isRequired,
  isSecret,
  choices,
  example,
  ...rest
}: Variable): Json {
  return {
    name,
    description,
    ...(format && { format }),
    ...(isRequired && { isRequired }),
    ...(isSecret && { isSecret }),
    ...(rest.default && { default: rest.default }),
    ...(choices && { choices: [...choices] }),
    ...(example && { placeholder: example }),
  };
}
