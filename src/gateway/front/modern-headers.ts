import type { IncomingHttpHeaders } from 'node:http';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { type HeaderParameters, readListing } from '../../mcp/http/header-parameters.ts';
import type { OfferedTo } from '../hub/offerings.ts';
import { errorLine } from './error-line.ts';
import { modernVersionOf } from './incoming.ts';

/** Compares the headers of the stateless era with the body: whoever routes by them must not be deceived. */
export interface HeaderCheck {
  /** The error that answers a request whose headers say something else than its body. */
  refuse(
    headers: IncomingHttpHeaders,
    id: string,
    message: JsonObject,
    caller: OfferedTo,
  ): Buffer | undefined;
  /** Learns from an answer to `tools/list` which arguments travel as headers; returns what may be offered of it. */
  learn(listing: Buffer, caller: OfferedTo): Buffer;
}

export function createHeaderCheck(): HeaderCheck {
  /** By the server and the profile asked for; `''` is everything. */
  const learnt = new Map<string, Map<string, HeaderParameters>>();
  return {
    refuse(headers, id, message, caller) {
      const problem =
        standardProblem(headers, message) ?? parameterProblem(headers, message, learnt.get(placeOf(caller)));
      return problem === undefined ? undefined : errorLine(id, -32020, problem);
    },
    learn(listing, caller) {
      const place = placeOf(caller);
      const known = learnt.get(place);
      if (!known && !listing.includes('"x-mcp-header"')) return listing;
      const tools = known ?? new Map<string, HeaderParameters>();
      learnt.set(place, tools);
      return readListing(listing, tools).bytes;
    },
  };
}

function placeOf({ only = '', profile }: OfferedTo): string {
  return profile === undefined ? only : `${only}\n${profile}`;
}

function standardProblem(headers: IncomingHttpHeaders, message: JsonObject): string | undefined {
  const { method } = message;
  const version = modernVersionOf(message);
  // A body without a version is refused for that.
  if (version !== undefined && headers['mcp-protocol-version'] !== version) {
    return mismatch('MCP-Protocol-Version', version);
  }
  if (headers['mcp-method'] !== method) return mismatch('Mcp-Method', String(method));
  const name = nameIn(message);
  if (name === undefined || decoded(headers['mcp-name']) === name) return undefined;
  return mismatch('Mcp-Name', name);
}

function parameterProblem(
  headers: IncomingHttpHeaders,
  message: JsonObject,
  learnt: ReadonlyMap<string, HeaderParameters> | undefined,
): string | undefined {
  if (message.method !== 'tools/call' || !isRecord(message.params)) return undefined;
  const { name, arguments: values } = message.params;
  for (const [header, path] of learnt?.get(String(name)) ?? []) {
    const value = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), values);
    const expected = value === undefined || value === null ? undefined : String(value);
    if (decoded(headers[`mcp-param-${header}`]) !== expected)
      return `The Mcp-Param-${header} header is not the argument ${path.join('.')}.`;
  }
  return undefined;
}

function mismatch(header: string, value: string): string {
  return `The ${header} header is not what the body says: ${JSON.stringify(value)}.`;
}

const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

function nameIn({ method, params }: JsonObject): string | undefined {
  const member = NAMED[String(method)];
  const name = member !== undefined && isRecord(params) ? params[member] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** What a header stands for; `invalid` base64 stands for nothing any body could say. */
function decoded(header: string | string[] | undefined): string | undefined | symbol {
  if (typeof header !== 'string') return undefined;
  const encoded = /^=\?base64\?(.*)\?=$/.exec(header)?.[1];
  if (encoded === undefined) return header;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes.toString('utf8') : INVALID;
}

const INVALID = Symbol('invalid');
