import { createPlace, type Place } from '../../src/clients/place.ts';
import { createPaths } from '../../src/platform/paths.ts';

export const PLATFORMS = ['linux', 'darwin', 'win32'] as const;

const HOMES = { linux: '/home/ada', darwin: '/Users/ada', win32: 'C:\\Users\\ada' } as const;

export interface PlaceChanges {
  readonly home?: string;
  readonly env?: Record<string, string>;
  readonly project?: string;
  readonly packages?: readonly string[];
}

/** A machine of each kind, with nothing of this one. */
export function placeOf(platform: (typeof PLATFORMS)[number], changes: PlaceChanges = {}): Place {
  const { home = HOMES[platform], env = {}, project, packages = [] } = changes;
  const paths = createPaths({ platform, home, env });
  return createPlace({ platform, paths, env, packages, ...(project !== undefined && { project }) });
}
