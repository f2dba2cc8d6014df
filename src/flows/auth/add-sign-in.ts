import type { Credential } from '../../auth/credential.ts';
import type { SignInPorts } from '../../auth/sign-in/ports.ts';
import { receptionOf } from '../../auth/sign-in/server-challenge.ts';
import { signIn } from '../../auth/sign-in/sign-in.ts';
import { type Credentials, openCredentials } from '../../auth/store/credentials.ts';
import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { McpctlError } from '../../core/errors.ts';
import { settingsForEntry } from '../../gateway/servers/sign-in-settings.ts';
import type { Scope } from '../../manifest/scopes.ts';
import type { Authorize } from '../../mcp/http/authorize.ts';
import { browserAdvice } from '../../platform/browser-advice.ts';
import type { AddPorts, ServerToSignIn, SignedIn, StepHandle } from '../../servers/add/ports.ts';
import { signOut } from './logout-flow.ts';
import { authFetch } from './open-sign-in.ts';
import { linesFor } from './sign-in-lines.ts';
import { terminalPorts } from './terminal-ports.ts';

export interface AddSignIns {
  signIn(server: ServerToSignIn, handle: StepHandle): ReturnType<AddPorts['signIn']>;
  /** What the check of a server signed in to just now needs. */
  of(name: string): { readonly authorize: Authorize; readonly secrets: readonly string[] } | undefined;
}

interface AddPlace {
  readonly scope: Scope;
  readonly project?: string;
  readonly yes: boolean;
}

/** Signing in while servers are added: nothing is asked in the terminal, where the steps are drawn. */
export function createAddSignIns(context: Context, place: AddPlace): AddSignIns {
  const done = new Map<string, Credential>();
  return {
    async signIn(server, handle) {
      const { settings, advice } = await planned(server, context, place);
      if (advice !== undefined) return advice;
      const { signal } = context;
      const credentials = openCredentials(context);
      const before = await credentials.find(settings);
      const fetch = authFetch(settings.url, context);
      await credentials.check(settings, { signal });
      const reception = await receptionOf(settings.url, fetch, signal);
      const { name } = server;
      const notes: string[] = [];
      const credential = await signIn({
        settings,
        credentials,
        fetch,
        ports: addingPorts({ server: name, handle, context, yes: place.yes, notes }),
        ...(reception.kind === 'challenge' && { challenge: reception.challenge }),
        signal,
      });
      done.set(name, credential);
      return report(credential, { credentials, context, notes, isNew: before === undefined });
    },
    of: (name) => {
      const credential = done.get(name);
      return credential && accessOf(credential);
    },
  };
}

/** How to sign in, and why nobody can be asked to here. */
async function planned(
  { name, entry, catalog }: ServerToSignIn,
  context: Context,
  { scope, project }: AddPlace,
) {
  const settings = await settingsForEntry(
    {
      name,
      entry,
      scope,
      ...(catalog !== undefined && { catalog }),
      ...(project !== undefined && { projectFolder: project }),
    },
    context,
  );
  const needsBrowser = settings.grant === 'authorization-code';
  return { settings, advice: needsBrowser ? browserAdvice(context)?.why : undefined };
}

function line(message: Parameters<typeof linesFor>[0], server: string, { output }: Context): string {
  if (message.kind === 'browser' && message.isOpened)
    return `Waiting for the browser … if no page appeared, open ${message.url.href}`;
  const situation = { server, style: output.style, canPaste: false, canType: false };
  return linesFor(message, situation).join(' ');
}

interface Adding {
  readonly server: string;
  readonly handle: StepHandle;
  readonly context: Context;
  readonly yes: boolean;
  /** Gets what must be read also when the steps are over. */
  readonly notes: string[];
}

/** What is said goes beneath the step, what is asked for into its title: lines between would tear a live drawing. */
function addingPorts({ server, handle, context, yes, notes }: Adding): SignInPorts {
  const { output, prompt } = context;
  const isLive = output.stderr.isTTY === true && !output.json && !output.quiet;
  const still = isLive ? { ...context, output: { ...output, note: () => {} } } : context;
  const ports = terminalPorts(still, { server, browser: true, yes, canTalk: false });
  return {
    ...ports,
    open: async (url, until) => {
      const isOpened = await ports.open(url, until);
      // Without a person to open the address elsewhere, waiting is in vain.
      if (!isOpened && !prompt.canAsk) throw noBrowser(server);
      return isOpened;
    },
    say: (message) => {
      const text = line(message, server, context);
      if (message.kind.startsWith('granted-')) notes.push(text);
      else handle.detail(text);
    },
    confirmScopes: async (request) => {
      const asked = request.scopes.map(({ scope, access }) => `${plainLine(scope)}${MARKS[access]}`);
      if (asked.length > 0) handle.title(`Sign in to ${server} in the browser, for ${asked.join(', ')}`);
      return await ports.confirmScopes(request);
    },
  };
}

const MARKS = { read: '', write: ' (may change things)', admin: ' (administers)' };

function noBrowser(server: string): McpctlError {
  return new McpctlError('SIGN_IN_NEEDED', 'No browser could be opened.', { data: { server } });
}

interface Reporting {
  readonly credentials: Credentials;
  readonly context: Context;
  readonly notes: readonly string[];
  readonly isNew: boolean;
}

function report(credential: Credential, { credentials, context, notes, isNew }: Reporting): SignedIn {
  const { issuer, account } = credential;
  return {
    issuer,
    ...(account !== undefined && { account }),
    notes,
    undo: async () => {
      const row = isNew ? await credentials.find(credential) : undefined;
      // The signal may be what stopped everything; taking back must still work.
      if (row) await signOut(row, credentials, { ...context, signal: new AbortController().signal });
    },
  };
}

/** The new token, for the origin it was made for and no other. */
function accessOf({ tokens, url }: Credential) {
  if (!tokens) throw new McpctlError('INTERNAL', 'A sign-in without tokens.');
  const { origin } = new URL(url);
  const authorize: Authorize = {
    headers: async (asked): Promise<Readonly<Record<string, string>>> =>
      asked.origin === origin ? { authorization: `Bearer ${tokens.access}` } : {},
    satisfy: async () => false,
  };
  return { authorize, secrets: [tokens.access, ...(tokens.refresh ? [tokens.refresh] : [])] };
}
