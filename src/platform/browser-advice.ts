import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { isWsl } from './browser-programs.ts';
import type { Env } from './env.ts';

export interface BrowserSituation {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  /** The port a browser must come back to, once it is known. */
  readonly port?: number;
  readonly exists?: (path: string) => boolean;
}

/**
 * Why no browser that could come back here can be opened, and what would change that, each a line. The way that is
 * always left is to open the address anywhere and to paste the one it ends at.
 */
export interface BrowserAdvice {
  readonly reason: 'ci' | 'ssh' | 'wsl' | 'container' | 'no-display';
  readonly why: string;
  readonly ways: readonly string[];
}

/** Undefined where a browser can be opened, and where `$BROWSER` names one: remote editors set it to theirs. */
export function browserAdvice(situation: BrowserSituation): BrowserAdvice | undefined {
  const { env, platform, exists = existsSync } = situation;
  if (env.BROWSER) return undefined;
  if (env.CI && env.CI !== 'false') {
    return {
      reason: 'ci',
      why: 'This is a CI job, where nobody can sign in.',
      ways: ['Use an API key or client credentials of the vendor, or sign in on your own machine.'],
    };
  }
  if (env.SSH_CONNECTION || env.SSH_TTY) return overSsh(situation);
  if (platform !== 'linux') return undefined;
  const hasDisplay = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  if (hasDisplay && isOnPath('xdg-open', env, exists)) return undefined;
  if (isWsl(env)) {
    if (isOnPath('wslview', env, exists)) return undefined;
    return {
      reason: 'wsl',
      why: 'wslview is not installed, so the browser of Windows cannot be opened from here.',
      ways: ['Install it: sudo apt install wslu'],
    };
  }
  if (exists('/.dockerenv') || exists('/run/.containerenv')) {
    return { reason: 'container', why: 'This container has no browser of its own.', ways: [] };
  }
  if (hasDisplay) return undefined;
  return { reason: 'no-display', why: 'This machine has no graphical display.', ways: [] };
}

function overSsh({ env, port }: BrowserSituation): BrowserAdvice {
  const forward = `ssh -L ${port}:127.0.0.1:${port} ${target(env)}`;
  return {
    reason: 'ssh',
    why: 'You are connected by SSH, and a browser on your own computer comes back to your own computer.',
    ways:
      port === undefined ? [] : [`Forward the port, in a second terminal on your own computer: ${forward}`],
  };
}

/** How the user most likely reached this machine: `SSH_CONNECTION` ends with its address and port. */
function target(env: Env): string {
  const [, , address = '', port = '22'] = (env.SSH_CONNECTION ?? '').split(' ');
  const host = isIP(address) === 0 ? '<this machine>' : address;
  const user = /^[\w.-]+$/.test(env.USER ?? '') ? `${env.USER}@` : '';
  return `${/^\d+$/.test(port) && port !== '22' ? `-p ${port} ` : ''}${user}${host}`;
}

function isOnPath(name: string, env: Env, exists: (path: string) => boolean): boolean {
  return (env.PATH ?? '').split(':').some((folder) => folder !== '' && exists(`${folder}/${name}`));
}
