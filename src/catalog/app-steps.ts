import type { CatalogEntry } from './schema.ts';

/** Where a browser comes back to; without a port where any may be used. */
export interface Callback {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

/** The address a vendor has to know. */
export function redirectUriOf({ host = '127.0.0.1', port, path = '/callback' }: Callback): string {
  return `http://${host}${port === undefined ? '' : `:${port}`}${path}`;
}

/** How a user creates an app of their own at the vendor; empty where none is needed or nothing is known. */
export function appSteps({ auth }: CatalogEntry, callback: Callback = auth.oauth?.callback ?? {}): string[] {
  const steps = auth.oauth?.app?.steps ?? [];
  return steps.map((step) => step.replaceAll('{redirectUri}', redirectUriOf(callback)));
}
