import type { Wanted } from '../spec.ts';
import type { PackageSource } from './source.ts';

/** Each source by type; its code is read when it is used. */
export const SOURCES: { readonly [Type in Wanted['type']]: () => Promise<PackageSource<Type>> } = {
  command: async () => (await import('./command.ts')).commandSource,
  git: async () => (await import('./git.ts')).gitSource,
  mcpb: async () => (await import('./mcpb.ts')).mcpbSource,
  npm: async () => (await import('./npm.ts')).npmSource,
  oci: async () => (await import('./oci.ts')).ociSource,
  path: async () => (await import('./path.ts')).pathSource,
  pypi: async () => (await import('./pypi.ts')).pypiSource,
  remote: async () => (await import('./remote.ts')).remoteSource,
};
