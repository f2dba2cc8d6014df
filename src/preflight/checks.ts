import type { Check } from './check.ts';
import { certificates } from './checks/machine/certificates.ts';
import { clock } from './checks/machine/clock.ts';
import { containers } from './checks/machine/containers.ts';
import { disk } from './checks/machine/disk.ts';
import { folders } from './checks/machine/folders.ts';
import { git } from './checks/machine/git.ts';
import { guiPath } from './checks/machine/gui-path.ts';
import { home } from './checks/machine/home.ts';
import { keychain } from './checks/machine/keychain.ts';
import { nodeOnPath } from './checks/machine/node-on-path.ts';
import { nodeVersion } from './checks/machine/node-version.ts';
import { npm } from './checks/machine/npm.ts';
import { npx } from './checks/machine/npx.ts';
import { openFiles } from './checks/machine/open-files.ts';
import { proxy } from './checks/machine/proxy.ts';
import { registry } from './checks/machine/registry.ts';
import { temporaryFolder } from './checks/machine/temporary-folder.ts';
import { uv } from './checks/machine/uv.ts';

/** All checks of the machine and the manifests, in the order of the report. */
export const CHECKS: readonly Check[] = [
  nodeVersion,
  nodeOnPath,
  npm,
  npx,
  uv,
  containers,
  git,
  home,
  folders,
  temporaryFolder,
  disk,
  openFiles,
  keychain,
  guiPath,
  proxy,
  certificates,
  registry,
  clock,
];
