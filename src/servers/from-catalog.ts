import type { CatalogMatch } from '../catalog/find.ts';
import type { CatalogWay } from '../catalog/way.ts';
import type { JsonObject } from '../core/json.ts';
import { parseReferences } from '../core/reference.ts';
import { kindOfScope } from '../core/scope-kind.ts';
import { problemWithServerName } from '../core/server-name.ts';
import type { FirstCall, Spec, Variable, Wanted } from './spec.ts';

/** The spec of a catalog server, by the way chosen to reach it; `asked` is the word the user named it by. */
export function specFromCatalog(match: CatalogMatch, way: CatalogWay, asked: string): Spec {
  const { entry, profile } = match;
  const isRemote = way.transport.kind === 'remote';
  const examples = (profile && entry.profiles?.[profile]?.examples) || {};
  const variables = way.variables.map(
    (variable): Variable => ({ ...variable, ...exampleOf(examples, variable.name) }),
  );
  const required = isRemote ? [] : variables.filter((variable) => variable.required).map(({ name }) => name);
  const { firstCall } = way;
  return {
    name: nameOf(match, asked),
    wanted: wantedOf(way),
    args: way.args,
    env: { ...way.env, ...Object.fromEntries(required.map((name) => [name, `\${${name}}`])) },
    headers: way.headers,
    variables: isRemote
      ? variables.map((variable) => ({ ...variable, required: isUsed(variable, way) }))
      : variables,
    blanks: way.blanks,
    auth: way.auth,
    ...(isRemote && way.auth === 'oauth' && { oauth: oauthOf(match, way) }),
    ...(firstCall?.tool !== undefined && { firstCall: callOf(firstCall) }),
    catalog: entry.slug,
    ...(hasKey(match, way) && { keyWay: `mcpctl add ${entry.slug} --auth api-key --force` }),
    notes: notesOf(match, way),
  };
}

function nameOf({ entry, profile, alternative, by }: CatalogMatch, asked: string): string {
  if (alternative) return alternative.id;
  if (by !== 'alias' || !profile) return entry.slug;
  // Who asks for "postgres" looks for that name later; who asks for an old package gets the profile's.
  return entry.aliases.some(({ name }) => name === asked) && !problemWithServerName(asked) ? asked : profile;
}

function wantedOf({ transport, url }: CatalogWay): Wanted {
  if (transport.kind === 'remote')
    return { type: 'remote', url: url ?? transport.url, transport: transport.transport };
  const version = transport.version === undefined ? {} : { version: transport.version };
  const { package: name } = transport;
  switch (transport.kind) {
    case 'npm':
      return {
        type: 'npm',
        package: name,
        ...version,
        ...(transport.bin !== undefined && { bin: transport.bin }),
      };
    case 'pypi': {
      const { executable } = transport;
      return { type: 'pypi', package: name, ...version, ...(executable !== undefined && { executable }) };
    }
    case 'oci':
      return { type: 'oci', image: name, ...(transport.version !== undefined && { tag: transport.version }) };
  }
}

function exampleOf(examples: Readonly<Record<string, string>>, name: string): { example?: string } {
  const example = examples[name];
  return example === undefined ? {} : { example };
}

/** True when a key works where this way asks for a sign-in. */
function hasKey({ entry, alternative }: CatalogMatch, { auth }: CatalogWay): boolean {
  return auth === 'oauth' && !alternative && entry.auth.kinds.includes('api-key');
}

/** A variable of a remote server is needed when a header or the sign-in refers to it. */
function isUsed({ name, required }: Variable, { headers }: CatalogWay): boolean {
  const used = Object.values(headers).some((value) =>
    parseReferences(value).some((segment) => segment.kind === 'name' && segment.name === name),
  );
  return used || required;
}

function oauthOf({ entry }: CatalogMatch, way: CatalogWay): Record<string, string | readonly string[]> {
  const { oauth } = entry.auth;
  if (!oauth) return {};
  const scopes = scopesOf(oauth, way);
  return {
    ...(scopes.length > 0 && { scopes }),
    ...(oauth.clientId !== undefined && { clientId: oauth.clientId }),
    ...(oauth.clientSecret !== undefined && { clientSecret: oauth.clientSecret }),
  };
}

/**
 * The ceiling a new entry gets: what reads, with `--write` also what writes, never what administers. An app of one's
 * own knows only the scopes it was given, so there it is what the first call needs.
 */
function scopesOf(
  { scopes, minimumScopes, registration }: NonNullable<CatalogMatch['entry']['auth']['oauth']>,
  { mayWrite }: CatalogWay,
): string[] {
  const isWanted = (scope: string): boolean => {
    if (minimumScopes.includes(scope)) return true;
    const kind = kindOfScope(scope);
    return registration !== 'pre-registered' && (kind === 'read' || (kind === 'write' && mayWrite));
  };
  return scopes.filter((scope) => !/[<{]/.test(scope) && isWanted(scope));
}

function callOf(call: { tool?: string; args: unknown; startArgs?: string[] }): FirstCall {
  return {
    tool: call.tool ?? '',
    arguments: call.args as JsonObject,
    ...(call.startArgs && { startArgs: call.startArgs }),
  };
}

function notesOf({ entry, reason, also, alternative }: CatalogMatch, way: CatalogWay): string[] {
  const { registration } = entry.auth.oauth ?? {};
  return [
    ...(reason === undefined ? [] : [reason]),
    ...(also.length > 0 ? [`Also possible: ${also.join(', ')}.`] : []),
    ...(way.isReadOnly ? ['It may only read; --write lets it change things.'] : []),
    ...(way.auth === 'oauth' && registration === 'pre-registered'
      ? [`${entry.vendor} lets in only apps you register there yourself: see mcpctl info ${entry.slug}`]
      : []),
    ...(alternative ? [] : entry.caveats.slice(0, 2)),
  ];
}
