import type { SignInMessage, SignInPorts } from '../../auth/sign-in-ports.ts';
import type { Context } from '../../cli/context.ts';

/** A sign-in out of a running `run`: the browser opens, and nobody can be asked on a stream that carries messages. */
export function unattendedSignIn({ env, platform, output, now }: Context): SignInPorts {
  const tell = (line: string): void => void output.stderr.write(`mcpctl: ${line}\n`);
  return {
    async open(url, signal) {
      const { openBrowser } = await import('../../platform/browser.ts');
      return await openBrowser(url, { env, platform, signal });
    },
    say: (message) => {
      const line = lineFor(message);
      if (line !== undefined) tell(line);
    },
    // The user asked for sign-ins when starting this; the manifest's ceiling and the vendor's page are left.
    async confirmScopes({ server, scopes }) {
      const wide = scopes.filter(({ access }) => access !== 'read').map(({ scope }) => scope);
      if (wide.length > 0) tell(`The sign-in to ${server} asks for more than reading: ${wide.join(', ')}`);
      return true;
    },
    // The user decides in the browser, whether to sign in there; a client made by hand is not shown to a new issuer.
    async confirmIssuer({ server, before, after, takesClientAlong }) {
      if (!takesClientAlong) tell(`${server} wants sign-ins at ${after} now. The last one was at ${before}.`);
      return !takesClientAlong;
    },
    now: () => now().getTime(),
  };
}

function lineFor(message: SignInMessage): string | undefined {
  switch (message.kind) {
    case 'browser':
      return message.isOpened
        ? 'Sign in with the browser that has opened.'
        : `No browser could be opened. Sign in at: ${message.url.href}`;
    case 'device':
      return `Sign in at ${message.url} with the code ${message.userCode}`;
    case 'no-answer':
      return `The browser did not come back. If it shows an error: mcpctl auth login ${message.server} --reregister`;
    case 'granted-more':
      return `Granted beyond what was asked for: ${message.scopes.join(', ')}`;
    case 'granted-less':
      return `Not granted: ${message.scopes.join(', ')}`;
    case 'replaced':
      return message.reason;
    default:
      return undefined;
  }
}
