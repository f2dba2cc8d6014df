import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { legacyClient, type Message, modernRequest } from '../support/gateway-client.ts';
import { EVERYTHING, fixtureEntry, writeManifest } from '../support/servers.ts';

const various = fixtureEntry('various');
const everything = { command: process.execPath, args: [EVERYTHING, 'stdio'] };
const settings = { limits: { perMinute: 0 }, audit: { key: 'none' } };

const textOf = ({ result, error }: Message): string => result?.content[0].text ?? JSON.stringify(error);
const namesOf = ({ result }: Message): string[] => result.tools.map(({ name }: Message) => name);

test('two clients are asked at the same time, each by its own call', async () => {
  const { url, token } = await startGateway({ servers: { various }, settings });
  const clients = await Promise.all(
    ['ann', 'bob'].map((name) =>
      legacyClient({
        url,
        token,
        capabilities: { elicitation: {} },
        answer: (_, { message }) => ({ action: 'accept', content: { name, message } }),
      }),
    ),
  );

  const answers = await Promise.all(
    clients.flatMap((client, index) => [
      client.call('various__ask', { message: `${index}a` }),
      client.call('various__ask', { message: `${index}b` }),
    ]),
  );

  expect(answers.map((answer) => JSON.parse(textOf(answer)).content)).toEqual([
    { name: 'ann', message: '0a' },
    { name: 'ann', message: '0b' },
    { name: 'bob', message: '1a' },
    { name: 'bob', message: '1b' },
  ]);
});

test('tokens have programs of their own; clients of one token share theirs in both eras', async () => {
  const { url, tokens } = await startGateway({ servers: { various }, settings, tokens: ['ann', 'bob'] });
  const [ann, again, bob] = await Promise.all(
    [tokens.ann, tokens.ann, tokens.bob].map((token) => legacyClient({ url, token: token ?? '' })),
  );
  const pid = (answer: Message): number => JSON.parse(textOf(answer)).pid;

  const first = pid(await ann?.call('various__who'));

  expect(pid(await again?.call('various__who'))).toBe(first);
  expect(pid(await bob?.call('various__who'))).not.toBe(first);
  const params = { name: 'various__who', arguments: {} };
  const reply = await modernRequest({ url, token: tokens.ann ?? '', method: 'tools/call', params });
  expect(pid(reply.messages.at(-1))).toBe(first);
});

test('a change of the manifest reaches clients, and leaves the other servers alone', async () => {
  const gateway = await startGateway({ servers: { various, everything }, settings });
  const { url, token, home } = gateway;
  const client = await legacyClient({ url, token });
  await client.listen();
  expect(namesOf(await client.request('tools/list'))).toContain('various__who');
  const before = textOf(await client.call('various__who'));

  await writeManifest(home, { various, added: fixtureEntry('various', { TOOLS: '["new"]' }) });

  await client.message(({ method }) => method === 'notifications/tools/list_changed');
  const names = namesOf(await client.request('tools/list'));
  expect(names).toContain('added__new');
  expect(names).not.toContain('everything__echo');
  expect(textOf(await client.call('various__who'))).toBe(before);
});

test('an address of one server has its tools under their own names', async () => {
  const { url, token } = await startGateway({ servers: { various, everything }, settings });
  const client = await legacyClient({ url: `${url}/everything`, token });

  expect(client.initialized.instructions).toContain('Everything');
  expect(namesOf(await client.request('tools/list'))).toContain('echo');
  expect(textOf(await client.call('echo', { message: 'x' }))).toBe('Echo: x');
  expect((await client.call('various__who')).error.code).toBe(-32602);
});
