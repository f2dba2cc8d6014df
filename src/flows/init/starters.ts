/** A server `init` recommends. */
export interface Starter {
  /** Name in the catalog. */
  readonly slug: string;
  /** True when it works at once: no key, no sign-in, nothing else to install. */
  readonly isKeyless: boolean;
}

/** What most people start with, most wanted first. */
export const STARTERS: readonly Starter[] = [
  { slug: 'linear', isKeyless: false },
  { slug: 'github', isKeyless: false },
  { slug: 'postgres', isKeyless: false },
  { slug: 'puppeteer', isKeyless: false },
  { slug: 'aws', isKeyless: false },
  { slug: 'filesystem', isKeyless: true },
  { slug: 'memory', isKeyless: true },
  { slug: 'sequential-thinking', isKeyless: true },
];
