import type { Readable } from 'node:stream';
import { pastedRedirect } from '../../auth/callback/paste.ts';
import type { PasteWanted, SignInPorts } from '../../auth/sign-in/ports.ts';
import type { Context } from '../../cli/context.ts';
import { openBrowser } from '../../platform/browser.ts';
import { browserAdvice } from '../../platform/browser-advice.ts';
import { linesFor, scopeLines } from './sign-in-lines.ts';

export interface TerminalOptions {
  readonly server: string;
  /** False with `--no-browser`. */
  readonly browser: boolean;
  /** Accepts every permission within the manifest's. */
  readonly yes: boolean;
  /** False where somebody else draws on the terminal: then nothing is asked or pasted. */
  readonly canTalk: boolean;
  /** True where the user can say no to another issuer only in the browser, by not signing in there. */
  readonly followsIssuer?: boolean;
}

/** A sign-in at a terminal, or without one: nothing waits for an answer that nobody can give. */
export function terminalPorts(context: Context, options: TerminalOptions): SignInPorts {
  const { output, prompt, env, platform, stdin } = context;
  const advice = browserAdvice({ env, platform });
  const canType = options.canTalk && stdin.isTTY === true && !output.json;
  const situation = {
    server: options.server,
    style: output.style,
    canPaste: options.canTalk,
    canType,
  };
  // Without these lines nobody could finish, so neither --quiet nor --json silences them.
  const print = (lines: readonly string[]): void => void output.stderr.write(`${lines.join('\n')}\n`);
  return {
    open: async (url, signal) =>
      options.browser && !advice ? await openBrowser(url, { env, platform, signal }) : false,
    ...(options.canTalk && { paste: (wanted) => paste(wanted, { stdin, canType, print }) }),
    say: (message) => {
      const port = message.kind === 'browser' ? Number(new URL(message.redirectUri).port) : undefined;
      const known = browserAdvice({ env, platform, ...(port !== undefined && { port }) });
      // Who asked for no browser needs no reason for that, but the way back over SSH.
      const isOfUse = options.browser || known?.reason === 'ssh';
      const lines = linesFor(message, { ...situation, advice: isOfUse ? known : undefined });
      if (ESSENTIAL.has(message.kind)) print(lines);
      else output.note(lines.join('\n'));
    },
    confirmScopes: async (request) => {
      const { scopes, isListed, added, server } = request;
      output.note(scopeLines(request, output.style).join('\n'));
      const isKnown = isListed && added.length === 0;
      if (options.yes || isKnown || scopes.every(({ access }) => access === 'read')) return true;
      if (!options.canTalk || !prompt.canAsk) return scopes.every(({ access }) => access !== 'admin');
      return await prompt.confirm({ message: `Ask ${server} for these?`, flag: '--yes' });
    },
    confirmIssuer: async ({ server, before, after, takesClientAlong }) => {
      output.warn(`${server} wants sign-ins at ${after} now. The last one was at ${before}.`);
      // A client made by hand for one issuer is not shown to another.
      if (options.followsIssuer) return !takesClientAlong;
      if (!options.canTalk || !prompt.canAsk) return false;
      return await prompt.confirm({
        message: 'Did the vendor announce that? Sign in there?',
        flag: 'mcpctl auth logout first',
        initial: false,
      });
    },
    now: () => context.now().getTime(),
  };
}

const ESSENTIAL: ReadonlySet<string> = new Set(['browser', 'device', 'no-answer', 'granted-more']);

interface Desk {
  readonly stdin: Readable & { isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly canType: boolean;
  print(lines: readonly string[]): void;
}

/** Takes what is pasted; at a terminal, the key `r` is the wish to register anew. */
async function paste(
  wanted: PasteWanted,
  { stdin, canType, print }: Desk,
): ReturnType<NonNullable<SignInPorts['paste']>> {
  const refuse = (message: string): void => print([message]);
  const answer = await pastedRedirect({ ...wanted, input: stdin, refuse, ...(canType && { key: 'r' }) });
  return answer === 'key' ? 'register-anew' : answer;
}
