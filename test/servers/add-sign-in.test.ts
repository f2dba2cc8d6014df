import { expect, test } from 'vitest';
import { McpctlError } from '../../src/core/errors.ts';
import { addServers } from '../../src/servers/add/add-servers.ts';
import type { AddPorts } from '../../src/servers/add/ports.ts';
import { remoteSource } from '../../src/servers/sources/remote.ts';
import { bareSpec, type Spec } from '../../src/servers/spec.ts';
import { realMachine } from '../support/machine.ts';

const VERIFIED = { tools: { protocolVersion: '2025-11-25', hash: 'a'.repeat(64), tools: {} }, duration: 1 };
const NEEDED = new McpctlError('SIGN_IN_NEEDED', 'team wants a sign-in (HTTP 401).');

async function adding({ spec = {}, ports = {} }: { spec?: Partial<Spec>; ports?: Partial<AddPorts> }) {
  const machine = await realMachine();
  const wanted = { type: 'remote', url: 'https://a.example/mcp' } as const;
  const whole = { ...bareSpec('team', wanted), ...spec, wanted };
  const resolution = await remoteSource.resolve(whole, machine, { allowScripts: false });
  const done: string[] = [];
  const noted = (what: string) => async () => {
    done.push(what);
    return async () => void done.push(`not ${what}`);
  };
  const all: AddPorts = {
    runSteps: async (steps) => {
      for (const step of steps) await step.run({ title: () => {}, detail: () => {} });
    },
    verify: async () => {
      done.push('verify');
      return VERIFIED;
    },
    signIn: async () => {
      done.push('sign in');
      return {
        issuer: 'https://issuer.example',
        notes: ['granted more'],
        undo: async () => void done.push('sign out'),
      };
    },
    writeEntry: noted('entry'),
    writeLock: noted('lock'),
    storeSecret: noted('secret'),
    syncClients: async () => ({ clients: [], undo: async () => {} }),
    ...ports,
  };
  const plan = { resolution, spec: whole, secrets: [], missing: [], resolveTime: 1 };
  const options = { verify: true, sync: false, signIn: true };
  return { done, outcome: await addServers([plan], machine, all, options) };
}

test('signs in before it looks at a server that is known to want it', async () => {
  const { done, outcome } = await adding({ spec: { auth: 'oauth' } });

  expect(done).toEqual(['sign in', 'verify', 'lock', 'entry']);
  expect(outcome.added[0]).toMatchObject({
    signedIn: { issuer: 'https://issuer.example' },
    notes: ['granted more'],
    next: [],
  });
});

test('signs in to a server that asks for it, writes that down, and looks again', async () => {
  let looks = 0;
  const { done, outcome } = await adding({
    ports: {
      verify: async () => {
        looks += 1;
        if (looks === 1) throw NEEDED;
        return VERIFIED;
      },
    },
  });

  expect({ done, looks }).toEqual({ done: ['sign in', 'lock', 'entry'], looks: 2 });
  expect(outcome.added[0]?.entry).toMatchObject({ auth: 'oauth' });
});

test('a failure after the sign-in signs out again', async () => {
  const { done, outcome } = await adding({
    spec: { auth: 'oauth' },
    ports: {
      writeEntry: async () => {
        throw new McpctlError('FILE_UNWRITABLE', 'no room');
      },
    },
  });

  expect(outcome.failed).toMatchObject([{ name: 'team', error: { code: 'FILE_UNWRITABLE' } }]);
  expect(done).toEqual(['sign in', 'verify', 'lock', 'not lock', 'sign out']);
});

test('a server that refuses the new sign-in stays, with the reason', async () => {
  const { outcome } = await adding({
    spec: { auth: 'oauth' },
    ports: {
      verify: async () => {
        throw NEEDED;
      },
    },
  });

  expect(outcome.added[0]).toMatchObject({
    notStarted: `not signed in yet: ${NEEDED.message}`,
    next: ['mcpctl auth login team'],
  });
});

test('a server that says nothing of sign-ins gets a key by hand', async () => {
  const { outcome } = await adding({
    ports: {
      verify: async () => {
        throw NEEDED;
      },
      signIn: async () => {
        throw new McpctlError('OAUTH_DISCOVERY_FAILED', 'nothing is said');
      },
    },
  });

  expect(outcome.added[0]?.next).toContain(
    "mcpctl add https://a.example/mcp --name team --header 'Authorization: Bearer ${TEAM_TOKEN}' --force",
  );
});
