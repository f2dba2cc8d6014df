import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GatewayClient } from '../../../src/gateway/hub/client.ts';
import { type OpenHub, openHub } from '../../../src/gateway/hub/open-hub.ts';
import type { LoggedEvent } from '../../../src/gateway/logs/gateway-log.ts';
import { createMeter } from '../../../src/gateway/metrics/create-meter.ts';
import { createCriticalSection } from '../../../src/platform/critical-section.ts';
import { realMachine } from '../../support/machine.ts';
import { writeManifest } from '../../support/servers.ts';
import { type TestClient, testClient } from './hub-world.ts';

export interface RealHub extends OpenHub {
  readonly home: string;
  readonly events: LoggedEvent[];
  client(options?: Partial<GatewayClient>): TestClient;
  /** Replaces the manifest as editors do. */
  manifest(servers: Record<string, object>): Promise<void>;
  /** Ends it and opens another one in the same home. */
  again(): Promise<RealHub>;
}

export interface RealHubOptions {
  readonly servers: Record<string, object>;
  readonly settings?: object;
}

/** The hub over real programs, in an empty HOME. */
export async function realHub({ servers, settings = {} }: RealHubOptions): Promise<RealHub> {
  const machine = await realMachine();
  const { home } = machine.paths;
  await writeManifest(home, servers);
  const folder = join(home, '.config', 'mcpctl');
  await mkdir(folder, { recursive: true });
  const quiet = { audit: { enabled: false }, limits: { perMinute: 0 }, ...settings };
  await writeFile(join(folder, 'config.json'), JSON.stringify(quiet));
  return await openIn(machine);
}

async function openIn(machine: Awaited<ReturnType<typeof realMachine>>): Promise<RealHub> {
  const events: LoggedEvent[] = [];
  const { signal: _, ...quiet } = machine;
  const { home } = machine.paths;
  const open = await openHub({
    machine: {
      ...quiet,
      program: { version: '1.2.3', node: process.execPath, script: '/nowhere' },
      prompt: { canAsk: false },
      critical: createCriticalSection(),
    },
    meter: createMeter(),
    log: {
      event: (event) => events.push(event),
      serverOutput: () => () => {},
    },
  });
  onTestFinished(() => open.close());
  let count = 0;
  return {
    ...open,
    home,
    events,
    client(given = {}) {
      count += 1;
      return testClient(open.hub, `client-${count}`, given);
    },
    manifest: (servers) => writeManifest(home, servers),
    async again() {
      await open.close();
      return await openIn(machine);
    },
  };
}
