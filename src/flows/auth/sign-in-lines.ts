import type { ScopeRequest, SignInMessage } from '../../auth/sign-in/ports.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { BrowserAdvice } from '../../platform/browser-advice.ts';
import type { Style } from '../../platform/style.ts';

export interface Situation {
  readonly server: string;
  readonly style: Style;
  /** Why no browser can be opened here. */
  readonly advice?: BrowserAdvice | undefined;
  /** True when an address can be pasted. */
  readonly canPaste: boolean;
  /** True when a key can be pressed. */
  readonly canType: boolean;
}

/** What a person reads while a sign-in goes on. */
export function linesFor(message: SignInMessage, situation: Situation): string[] {
  const { server, style, canPaste, canType } = situation;
  switch (message.kind) {
    case 'browser':
      return message.isOpened ? opened(message.url, situation) : notOpened(message.url, situation);
    case 'device':
      return [
        `On any device, open ${style.cyan(plainLine(message.url))}`,
        `and enter the code ${style.bold(plainLine(message.userCode))}`,
        ...(message.urlWithCode ? [`or open ${style.cyan(plainLine(message.urlWithCode))}`] : []),
        'Waiting for you to confirm there … (Ctrl-C stops)',
      ];
    case 'no-answer':
      return [
        'The browser has not come back yet. If it shows an error, the server may have forgotten this client:',
        canType
          ? `press r to register anew, or type: mcpctl auth login ${server} --reregister`
          : `mcpctl auth login ${server} --reregister`,
        ...(canPaste && canType ? [pasteLine(canType)] : []),
      ];
    case 'registered-anew':
      return [`${message.issuer} did not know this client any more; registered anew.`];
    case 'came-back':
      return ['The browser came back. Getting the tokens …'];
    case 'granted-more':
      return [`${style.yellow('warning')} Granted although not asked for: ${shown(message.scopes)}`];
    case 'granted-less':
      return [`Not granted: ${shown(message.scopes)}. Tools that need it will say so.`];
    case 'replaced':
      return [`${style.yellow('warning')} ${message.reason} It is replaced.`];
  }
}

/** A terminal shows nothing of what is pasted, which looks as if nothing happened. */
function pasteLine(canType: boolean): string {
  const paste = 'If it ends at a page that does not load, paste the address of that page here';
  return canType ? `${paste} (it stays hidden) and press Enter.` : `${paste} and press Enter.`;
}

function opened(url: URL, { style }: Situation): string[] {
  return [
    'Opened your browser. If no page appeared, open this address:',
    `  ${style.cyan(url.href)}`,
    'Waiting for the browser to come back … (Ctrl-C stops)',
  ];
}

function notOpened(url: URL, { style, advice, canPaste, canType }: Situation): string[] {
  return [
    ...(advice ? [advice.why] : []),
    'Open this address in a browser:',
    `  ${style.cyan(url.href)}`,
    ...(advice?.ways ?? []),
    ...(canPaste ? [pasteLine(canType)] : []),
    'Waiting for the browser to come back … (Ctrl-C stops)',
  ];
}

/** What will be asked for, with a mark at what lets the server change things. */
export function scopeLines({ server, scopes, added }: ScopeRequest, style: Style): string[] {
  if (scopes.length === 0) return [`${server} decides itself what it asks for; its page says so.`];
  const marks = { read: '', write: style.yellow('  may change things'), admin: style.red('  administers') };
  const name = (scope: string): string => `${plainLine(scope)}${added.includes(scope) ? ' (new)' : ''}`;
  return [`${server} asks for:`, ...scopes.map(({ scope, access }) => `  ${name(scope)}${marks[access]}`)];
}

function shown(scopes: readonly string[]): string {
  return scopes.map(plainLine).join(', ');
}
