import { isRecord } from '../../core/json.ts';

/** One package of an npm lock file (version 3), as far as it is used here. */
export interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly inBundle?: boolean;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly deprecated?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface PackageLock {
  readonly lockfileVersion: number;
  /** Location such as `node_modules/zod` → package; the empty location is the project itself. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Reads a lock file's text; undefined when it is not one of version 2 or 3. */
export function parsePackageLock(text: string): PackageLock | undefined {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !isRecord(value.packages)) return undefined;
  return {
    lockfileVersion: Number(value.lockfileVersion),
    packages: value.packages as Record<string, LockedPackage>,
  };
}

const FOLDER = 'node_modules/';

/** The package's name at a location: `node_modules/a/node_modules/@b/c` is `@b/c`. */
export function nameAt(location: string): string {
  return location.slice(location.lastIndexOf(FOLDER) + FOLDER.length);
}

/**
 * Every location that the packages at `roots` load from, found as Node finds modules: beside the package first, then
 * upwards. What is optional may be absent. Bundled packages come with the package that carries them.
 */
export function closureOf(lock: PackageLock, roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...roots];
  for (let location = open.pop(); location !== undefined; location = open.pop()) {
    if (found.has(location)) continue;
    found.add(location);
    const locked = lock.packages[location];
    if (!locked) continue;
    for (const dependency of dependenciesOf(locked)) {
      const target = lookUp(lock, location, dependency);
      if (target !== undefined) open.push(target);
    }
  }
  for (const [location, { inBundle }] of Object.entries(lock.packages)) {
    if (inBundle && [...found].some((carrier) => location.startsWith(`${carrier}/${FOLDER}`)))
      found.add(location);
  }
  return found;
}

function dependenciesOf(locked: LockedPackage): string[] {
  const peers = Object.keys(locked.peerDependencies ?? {}).filter(
    (name) => !locked.peerDependenciesMeta?.[name]?.optional,
  );
  return [
    ...Object.keys(locked.dependencies ?? {}),
    ...Object.keys(locked.optionalDependencies ?? {}),
    ...peers,
  ];
}

function lookUp(lock: PackageLock, from: string, name: string): string | undefined {
  for (let folder = from; ; ) {
    const candidate = folder === '' ? `${FOLDER}${name}` : `${folder}/${FOLDER}${name}`;
    if (lock.packages[candidate]) return candidate;
    if (folder === '') return undefined;
    const end = folder.lastIndexOf(`/${FOLDER}`);
    folder = end === -1 ? '' : folder.slice(0, end);
  }
}

export interface Project {
  readonly name: string;
  /** Package name or alias → exact specifier. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The `package.json` of a project that depends on the given packages. */
export function projectFile({ name, dependencies }: Project): string {
  return `${JSON.stringify({ name, version: '1.0.0', private: true, dependencies }, null, 2)}\n`;
}

/** The part of a lock file that one project needs, itself a valid lock file for `projectFile(project)`. */
export function subsetOf(lock: PackageLock, project: Project): PackageLock {
  const kept = closureOf(
    lock,
    Object.keys(project.dependencies).map((name) => `${FOLDER}${name}`),
  );
  const packages: Record<string, LockedPackage> = {
    '': { name: project.name, version: '1.0.0', dependencies: project.dependencies },
  };
  for (const [location, locked] of Object.entries(lock.packages)) {
    if (kept.has(location)) packages[location] = locked;
  }
  return { lockfileVersion: 3, packages };
}

/** The text of `package-lock.json`. */
export function lockFileText(lock: PackageLock, name: string): string {
  const file = { name, version: '1.0.0', lockfileVersion: 3, requires: true, packages: lock.packages };
  return `${JSON.stringify(file, null, 2)}\n`;
}
