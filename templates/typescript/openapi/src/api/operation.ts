import type { JSONObject, ToolAnnotations } from '@modelcontextprotocol/server';
import { ToolError } from '../errors.ts';
import type { ApiRequest } from './request.ts';

/** One operation of the API, offered as a tool. */
export interface Operation {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly method: ApiRequest['method'];
  /** With `{name}` for each parameter of the path. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** True when the argument `body` is sent. */
  readonly hasBody: boolean;
  readonly annotations: ToolAnnotations;
  readonly inputSchema: JSONObject;
  readonly outputSchema: JSONObject;
}

export interface Parameter {
  /** Name of the tool's argument. */
  readonly argument: string;
  /** Name in the request. */
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  /** How lists and objects are written in a query: `name=a&name=b`, `name=a,b`, `name[key]=a`. */
  readonly style: 'repeated' | 'comma' | 'deep';
}

export type Arguments = Readonly<Record<string, unknown>>;

/** The request of a call. @throws ToolError BAD_ARGUMENT */
export function requestOf({ method, path, parameters, hasBody }: Operation, given: Arguments): ApiRequest {
  const query: Record<string, unknown> = {};
  const headers: Record<string, string> = {};
  for (const { argument, name, in: place, style } of parameters) {
    const value = given[argument];
    if (value === undefined || value === null || place === 'path') continue;
    if (place === 'header') headers[name] = headerOf(name, value);
    else if (style === 'deep' && isObject(value))
      for (const [key, item] of Object.entries(value)) query[`${name}[${key}]`] = textOf(item);
    else if (Array.isArray(value))
      query[name] = style === 'comma' ? value.map(textOf).join(',') : value.map(textOf);
    else query[name] = textOf(value);
  }
  const segments = path.split('/').filter((segment) => segment !== '');
  return {
    method,
    path: segments.map((segment) => fill(segment, parameters, given)),
    query,
    headers,
    ...(hasBody && given.body !== undefined && { body: given.body }),
  };
}

function fill(segment: string, parameters: readonly Parameter[], given: Arguments): string {
  return segment.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    const value = parameter && given[parameter.argument];
    if (value === undefined || value === null || value === '')
      throw new ToolError(
        'BAD_ARGUMENT',
        `${parameter?.argument ?? name} is part of the address and cannot be empty.`,
      );
    return textOf(value);
  });
}

function headerOf(name: string, value: unknown): string {
  const text = textOf(value);
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  throw new ToolError('BAD_ARGUMENT', `${name} is sent as a header and has to be plain ASCII on one line.`);
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
