import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aCall, openLog, placeIn } from '../support/audit.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';
import { scriptedServer } from '../support/http-servers.ts';

async function homeWithLog(): Promise<Home> {
  const home = await emptyHome();
  const settings = join(home.home, '.config/mcpctl');
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, 'config.json'), '{"audit":{"key":"file"}}');
  await add(home, { corr: 'one', traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' });
  await add(home, { corr: 'two', outcome: 'tool_error', tool: '=cmd|"x"]\n', errorType: 'tool_error' });
  return home;
}

async function add({ home }: Home, changes: Parameters<typeof aCall>[0]): Promise<void> {
  const log = openLog(placeIn(join(home, '.local/state/mcpctl/audit')));
  await log.record(aCall(changes));
  await log.close();
}

async function exported(home: Home, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await mcpctl(['audit', 'export', ...args], home);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

test('JSONL is the rows as they stand, so that the chain can be checked elsewhere', async () => {
  const home = await homeWithLog();
  const day = new Date().toISOString().slice(0, 10);

  expect(await exported(home)).toBe(
    await readFile(join(home.home, `.local/state/mcpctl/audit/${day}.s00.jsonl`), 'utf8'),
  );
});

test('CSV holds the calls, quoted, and nothing a spreadsheet would run', async () => {
  const home = await homeWithLog();
  const out = join(home.home, 'calls.csv');

  await exported(home, '--format', 'csv', '--out', out);

  const text = await readFile(out, 'utf8');
  const lines = text.split('\r\n');
  expect(lines[0]).toMatch(/^ts,chain,seq,via,client,/);
  expect(lines).toHaveLength(4);
  expect(lines[2]).toContain(`,"'=cmd|""x""]\n",write,tool_error,tool_error,1.5,`);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
});

test('syslog has one well-formed message of RFC 5424 a row', async () => {
  const home = await homeWithLog();
  const lines = (await exported(home, '--format', 'syslog')).trimEnd().split('\n');

  const shape =
    /^<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ mcpctl (\d+|-) (\w+) \[mcpctl@32473( [A-Za-z]+="(\\["\\\]]|[^"\\\]])*")+\] .+$/;
  expect(lines.map((line) => shape.exec(line)?.slice(1, 4).join(' '))).toEqual([
    '110 - segment',
    expect.stringMatching(/^110 \d+ opened$/),
    '110 - call',
    expect.stringMatching(/^110 \d+ opened$/),
    '108 - call',
  ]);
  expect(lines[4]).toContain(' tool="=cmd|\\"x\\"\\] " ');
});

test('OTLP goes to a receiver in its JSON, with trace ids, and goes on where it ended', async () => {
  const home = await homeWithLog();
  let status = 200;
  const receiver = await scriptedServer((_received, response) => void response.writeHead(status).end('{}'));
  const send = async () =>
    await mcpctlJson(
      ['audit', 'export', '--format', 'otlp', '--to', `${receiver.origin}/v1/logs`, '--cursor', 'collector'],
      home,
    );

  const first = await send();
  const nothing = await send();
  await add(home, { corr: 'three' });
  status = 503;
  const refused = await send();
  status = 200;
  const again = await send();

  expect([first, nothing, again].map(({ document }) => document.data.rows)).toEqual([5, 0, 2]);
  expect(refused).toMatchObject({ status: 5, document: { error: { code: 'AUDIT_EXPORT_REFUSED' } } });
  expect(receiver.received).toHaveLength(3);
  const [log] = receiver.received[0]?.body.resourceLogs ?? [];
  expect(log.resource.attributes[0]).toEqual({ key: 'service.name', value: { stringValue: 'mcpctl' } });
  const records = log.scopeLogs[0].logRecords;
  expect(records[2]).toMatchObject({
    timeUnixNano: expect.stringMatching(/^\d{19}$/),
    severityNumber: 9,
    eventName: 'mcpctl.audit.call',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  });
  expect(records[2].attributes).toContainEqual({ key: 'gen_ai.tool.name', value: { stringValue: 'echo' } });
  expect(records[2].attributes).toContainEqual({ key: 'mcpctl.audit.ms', value: { doubleValue: 1.5 } });
  expect(records[4].attributes).toContainEqual({ key: 'error.type', value: { stringValue: 'tool_error' } });
});

test('a file grows with a cursor, and is made anew without one', async () => {
  const home = await homeWithLog();
  const out = join(home.home, 'rows.jsonl');
  await exported(home, '--out', out, '--cursor', 'backup');
  await add(home, { corr: 'three' });
  await exported(home, '--out', out, '--cursor', 'backup');

  const grown = await readFile(out, 'utf8');
  await exported(home, '--out', out);

  expect(grown.match(/"corr":"(one|two|three)"/g)).toHaveLength(3);
  expect(await readFile(out, 'utf8')).toBe(grown);
});

test.each([
  ['two places', ['--out', 'x', '--to', 'http://localhost:1/']],
  ['a receiver of another format', ['--format', 'csv', '--to', 'http://localhost:1/']],
  ['a cursor that is a path', ['--cursor', '../x']],
  ['a time that is none', ['--since', 'yesterday']],
])('refuses %s', async (_what, args) => {
  const home = await homeWithLog();

  expect((await mcpctl(['audit', 'export', ...args], home)).status).toBe(2);
});
