import { statSync } from 'node:fs';
import type { Env } from './env.ts';

/** A program with its arguments, the address among them. */
interface BrowserProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** What may show the address here, best first. `$BROWSER` alone when it is set; nothing where nothing could. */
export function browserPrograms(
  address: string,
  { env, platform }: { readonly env: Env; readonly platform: NodeJS.Platform },
): BrowserProgram[] {
  if (env.BROWSER) return chosenPrograms(env.BROWSER, address, platform);
  const run = (command: string, ...args: string[]): BrowserProgram => ({ command, args: [...args, address] });
  if (platform === 'win32') {
    // By its full path: Windows would look for the name in the current folder first.
    return [run(`${env.SystemRoot ?? 'C:\\Windows'}\\System32\\rundll32.exe`, 'url.dll,FileProtocolHandler')];
  }
  if (platform === 'darwin') return [run('open')];
  // Without a display xdg-open starts a text browser, which would wait unseen for ever.
  const hasDisplay = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  return [...(isWsl(env) ? [run('wslview')] : []), ...(hasDisplay ? [run('xdg-open')] : [])];
}

/** Whether this Linux runs inside Windows. */
export function isWsl(env: Env): boolean {
  return Boolean(env.WSL_DISTRO_NAME || env.WSL_INTEROP);
}

function chosenPrograms(list: string, address: string, platform: NodeJS.Platform): BrowserProgram[] {
  return list.split(platform === 'win32' ? ';' : ':').flatMap((entry) => {
    const [command, ...words] = isFile(entry) ? [entry] : splitWords(entry, platform);
    if (command === undefined) return [];
    const args = words.map((word) => word.replaceAll(/%[s%]/g, (sign) => (sign === '%s' ? address : '%')));
    const isPlaced = words.some((word) => word.replaceAll('%%', '').includes('%s'));
    return [{ command, args: isPlaced ? args : [...args, address] }];
  });
}

/** Paths with spaces are common on macOS and need no quotes. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Words as a shell reads them, quotes and backslashes only; nothing is expanded. */
function splitWords(text: string, platform: NodeJS.Platform): string[] {
  const word =
    platform === 'win32' ? /(?:"[^"]*"|[^\s"])+/g : /(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g;
  return (text.match(word) ?? []).map((found) =>
    platform === 'win32'
      ? found.replaceAll('"', '')
      : found.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g, (_, double, single, escaped) =>
          double === undefined ? (single ?? escaped) : double.replaceAll(/\\(["\\$`])/g, '$1'),
        ),
  );
}
