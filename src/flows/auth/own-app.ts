import type { AppInstructions, SignInSettings } from '../../auth/sign-in-settings.ts';
import { redirectUriOf } from '../../catalog/app-steps.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { parseReferences } from '../../core/reference.ts';
import { setServer } from '../../manifest/edit.ts';
import type { RemoteEntry } from '../../manifest/entry.ts';
import { storeSecret } from '../../secrets/store-secret.ts';
import { readSettings } from '../../settings/read.ts';
import type { OpenSignIn } from './open-sign-in.ts';

/** For vendors mcpctl knows nothing of: a port that is rarely taken and not handed out by the system. */
const APP_PORT = 27_892;

/**
 * Leads through creating an app at the vendor, then keeps its id in the manifest and its secret where secrets go.
 * Returns the settings with both.
 * @throws the failure that led here, with every step in its hint, where nobody can be asked.
 */
export async function askForApp(
  place: OpenSignIn,
  reason: McpctlError,
  context: Context,
): Promise<SignInSettings> {
  const { prompt, output } = context;
  const { settings } = place;
  const callback = settings.app
    ? settings.callback
    : { ...settings.callback, port: settings.callback.port ?? APP_PORT };
  const steps = stepsFor(settings.app, redirectUriOf(callback));
  const entry = place.chosen.server.entry as RemoteEntry;
  const secretName = nameOfSecret(entry, settings.name);
  if (!prompt.canAsk) throw unasked({ reason, settings, steps, secretName, port: callback.port });
  output.note([reason.message, 'Once:', ...steps.map((step, index) => `  ${index + 1}. ${step}`)].join('\n'));
  const clientId = (await prompt.text({ message: 'Client id:', flag: '--client-id <id>' })).trim();
  if (clientId === '') throw reason;
  const clientSecret = (
    await prompt.password({
      message: 'Client secret (Enter if it has none):',
      flag: `mcpctl secret set ${secretName}`,
    })
  ).trim();
  if (clientSecret !== '') await keepSecret(secretName, clientSecret, place, context);
  await writeEntry(place, context, {
    ...entry,
    clientId,
    ...(clientSecret === '' ? {} : { clientSecret: `\${${secretName}}` }),
    ...(callback.port !== undefined && { callbackPort: callback.port }),
  });
  return { ...settings, clientId, callback, ...(clientSecret !== '' && { clientSecret }) };
}

function stepsFor(app: AppInstructions | undefined, redirectUri: string): string[] {
  if (app) return [`Open ${app.console}`, ...app.steps];
  return [
    'Create an OAuth app for a native or desktop program in the settings of the vendor.',
    `As redirect URI (callback URL) enter ${redirectUri}`,
    'Copy its client id and, if it has one, its client secret.',
  ];
}

/** The name the entry refers to, else one made of the server's. */
function nameOfSecret({ clientSecret = '' }: RemoteEntry, server: string): string {
  const [reference] = parseReferences(clientSecret).flatMap((segment) =>
    segment.kind === 'name' ? [segment.name] : [],
  );
  return reference ?? `${server.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_CLIENT_SECRET`;
}

async function keepSecret(
  name: string,
  value: string,
  { chosen }: OpenSignIn,
  context: Context,
): Promise<void> {
  const { store } = (await readSettings(context)).settings.secrets;
  const projectFolder = chosen.project ?? context.cwd;
  const { notes } = await storeSecret(context, { name, value, store, projectFolder, signal: context.signal });
  for (const note of notes) context.output.note(note);
}

/** Writes an id that worked into the manifest, for the next sign-in. */
export async function keepClientId(place: OpenSignIn, clientId: string, context: Context): Promise<void> {
  const entry = place.chosen.server.entry as RemoteEntry;
  if (entry.clientId !== clientId) await writeEntry(place, context, { ...entry, clientId });
}

async function writeEntry({ chosen }: OpenSignIn, context: Context, entry: RemoteEntry): Promise<void> {
  const { name, scope, manifest: path } = chosen.server;
  const { paths, now, signal } = context;
  await setServer({ path, scope, name, entry, paths, now, signal });
  context.output.note(`Wrote the client id into ${path}.`);
}

interface Unasked {
  readonly reason: McpctlError;
  readonly settings: SignInSettings;
  readonly steps: readonly string[];
  readonly secretName: string;
  readonly port: number | undefined;
}

function unasked({ reason, settings, steps, secretName, port }: Unasked): McpctlError {
  const { name } = settings;
  const keys = [
    '"clientId": "<id>"',
    `"clientSecret": "\${${secretName}}"`,
    ...(port === undefined ? [] : [`"callbackPort": ${port}`]),
  ];
  return new McpctlError('OAUTH_CLIENT_NEEDED', reason.message, {
    hint: [
      `Run this in a terminal, which asks for the id: mcpctl auth login ${name}`,
      'By hand, once:',
      ...steps.map((step, index) => `  ${index + 1}. ${step}`),
      `  ${steps.length + 1}. Write into the entry of ${name}: ${keys.join(', ')}`,
      `  ${steps.length + 2}. mcpctl secret set ${secretName}    (if the app has a secret)`,
    ].join('\n'),
    ...(reason.data && { data: reason.data }),
  });
}
