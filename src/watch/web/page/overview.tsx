import type { ObservedProcess, ObservedServer } from '../../observation.ts';
import type { DashboardState, ServerUse, ToolUse } from '../wire.ts';
import { Changes } from './changes.tsx';
import { CallsChart, Spark } from './chart.tsx';
import { type Concern, concernsIn } from './concerns.ts';
import { count, distance, mebibytes, milliseconds, percent, rate, share } from './format.ts';
import { Advice, Card, type Column, Mark, StateBadge, serverAddress, Table } from './parts.tsx';

export function Overview({ state }: { state: DashboardState }) {
  const { observation, activity, changes, viewer } = state;
  const concerns = concernsIn(state);
  return (
    <main>
      <h1>{headline(observation.servers, concerns)}</h1>
      <Tiles state={state} />
      {concerns.length > 0 && (
        <ul class="concerns" aria-label="What needs you">
          {concerns.map((concern) => (
            <ConcernItem key={concern.key} concern={concern} now={observation.at} />
          ))}
        </ul>
      )}
      <Card title="Servers" aside={count(observation.servers.length, 'server')}>
        <Servers state={state} />
      </Card>
      <Card title="Calls" aside="last hour, from the audit log">
        <CallsChart activity={activity} />
      </Card>
      <div class="pair">
        <Card title="Slowest tools" aside="95 of 100 calls were faster">
          <ToolTable
            label="Slowest tools"
            tools={slowest(activity.tools)}
            empty="No calls in the last hour."
          />
        </Card>
        <Card title="Failing tools" aside="last hour">
          <ToolTable label="Failing tools" tools={failing(activity.tools)} empty="No call failed." />
        </Card>
      </div>
      <Card title="Cache and limits" aside="last hour">
        <CacheTable state={state} />
      </Card>
      <div class="pair">
        <Card title="What changed">
          <Changes changes={changes.slice(0, 12)} now={observation.at} isNamed />
        </Card>
        {viewer.isOwner && (
          <Card title="Processes" aside="of mcpctl, on this machine">
            <Processes processes={observation.processes} now={observation.at} />
          </Card>
        )}
      </div>
    </main>
  );
}

export function headline(servers: readonly ObservedServer[], concerns: readonly Concern[]): string {
  if (servers.length === 0) return 'There are no servers yet';
  const troubled = new Set(concerns.flatMap(({ server }) => server ?? [])).size;
  if (troubled > 0)
    return `${troubled} of ${count(servers.length, 'server')} ${troubled === 1 ? 'needs' : 'need'} you`;
  if (concerns.length > 0) return 'Something needs you';
  return servers.length === 1 ? 'Your server is well' : `All ${servers.length} servers are well`;
}

function Tiles({ state: { observation, activity } }: { state: DashboardState }) {
  const total = (of: (use: ServerUse) => number): number =>
    activity.servers.reduce((sum, use) => sum + of(use), 0);
  const [calls, failed] = [total((use) => use.calls), total((use) => use.failed)];
  const [hits, misses] = [total((use) => use.hits), total((use) => use.misses)];
  const rss = observation.servers.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0);
  const tiles = [
    ['Calls in the last hour', calls.toLocaleString('en')],
    ['Failed', percent(share(failed, calls))],
    ['From the cache', percent(share(hits, hits + misses))],
    ['Memory of the servers', mebibytes(rss)],
  ];
  return (
    <dl class="tiles">
      {tiles.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ConcernItem({ concern, now }: { concern: Concern; now: string }) {
  const { tone, title, text, advice, server, since, rules } = concern;
  return (
    <li class={tone}>
      <Mark tone={tone} />
      <div>
        <h2>
          {server === undefined ? title : <a href={serverAddress(server)}>{title}</a>}
          {since !== undefined && <small>for {distance(since, now)}</small>}
          {rules.map((rule) => (
            <small key={rule} class="rule">
              alert {rule}
            </small>
          ))}
        </h2>
        <p>{text}</p>
        {advice !== undefined && <Advice text={advice} />}
      </div>
    </li>
  );
}

function Servers({ state: { observation, activity } }: { state: DashboardState }) {
  const uses = new Map(activity.servers.map((use) => [use.server, use]));
  const columns: Column<ObservedServer>[] = [
    { head: 'Server', cell: ({ name }) => <a href={serverAddress(name)}>{name}</a> },
    { head: 'State', cell: ({ state }) => <StateBadge state={state} /> },
    { head: 'Last hour', cell: ({ name }) => <Spark minutes={uses.get(name)?.minutes} /> },
    { head: 'Calls/min', isNumber: true, cell: ({ calls }) => rate(calls.perMinute) },
    { head: 'p95', isNumber: true, cell: ({ calls }) => milliseconds(calls.p95Ms) },
    { head: 'Errors', isNumber: true, cell: ({ calls }) => percent(calls.errorRatio) },
    {
      head: 'Probe',
      isNumber: true,
      cell: ({ probe }) => (probe ? (probe.ok ? milliseconds(probe.ms) : 'no answer') : '–'),
    },
    { head: 'Tools', isNumber: true, cell: ({ tools }) => `${tools.offered ?? '–'}/${tools.locked ?? '–'}` },
    { head: 'Memory', isNumber: true, cell: ({ rssBytes }) => mebibytes(rssBytes) },
    { head: 'Restarts', isNumber: true, cell: ({ restarts }) => restarts },
  ];
  return (
    <Table
      label="Servers"
      columns={columns}
      rows={observation.servers}
      keyOf={({ name }) => name}
      empty="Add one: mcpctl add <name>"
    />
  );
}

interface ToolTableProps {
  readonly label: string;
  readonly tools: readonly ToolUse[];
  readonly empty: string;
  /** All are of one server, which is named elsewhere. */
  readonly isAlone?: boolean;
}

export function ToolTable({ label, tools, empty, isAlone }: ToolTableProps) {
  const columns: Column<ToolUse>[] = [
    {
      head: 'Tool',
      cell: ({ server, tool }) => (
        <span class="tool">
          {!isAlone && <small>{server}</small>} {tool}
        </span>
      ),
    },
    { head: 'p95', isNumber: true, cell: ({ p95Ms }) => milliseconds(p95Ms) },
    { head: 'Calls', isNumber: true, cell: ({ calls }) => calls },
    { head: 'Failed', isNumber: true, cell: ({ failed }) => failed },
  ];
  return (
    <Table
      isNarrow
      label={label}
      columns={columns}
      rows={tools}
      keyOf={({ server, tool }) => `${server} ${tool}`}
      empty={empty}
    />
  );
}

function slowest(tools: readonly ToolUse[]): ToolUse[] {
  return [...tools].sort((one, other) => other.p95Ms - one.p95Ms).slice(0, 6);
}

function failing(tools: readonly ToolUse[]): ToolUse[] {
  const failed = tools.filter((tool) => tool.failed > 0);
  return failed.sort((one, other) => other.failed - one.failed).slice(0, 6);
}

function CacheTable({ state: { observation, activity, limits } }: { state: DashboardState }) {
  const columns: Column<ServerUse>[] = [
    { head: 'Server', cell: ({ server }) => server },
    {
      head: 'From the cache',
      isNumber: true,
      cell: ({ hits, misses }) => percent(share(hits, hits + misses)),
    },
    { head: 'Hits', isNumber: true, cell: ({ hits }) => hits },
    { head: 'Misses', isNumber: true, cell: ({ misses }) => misses },
    {
      head: 'Calls/min',
      isNumber: true,
      cell: ({ server }) =>
        rate(observation.servers.find(({ name }) => name === server)?.calls.perMinute ?? 0),
    },
    {
      head: 'Limit',
      isNumber: true,
      cell: ({ server }) => (limits[server] ? `${limits[server]}/min` : 'none'),
    },
    { head: 'Refused by it', isNumber: true, cell: ({ rateLimited }) => rateLimited },
  ];
  return (
    <Table
      label="Cache and limits"
      columns={columns}
      rows={activity.servers}
      keyOf={({ server }) => server}
      empty="No calls in the last hour."
    />
  );
}

function Processes({ processes, now }: { processes: readonly ObservedProcess[]; now: string }) {
  const columns: Column<ObservedProcess>[] = [
    { head: 'Process', cell: ({ kind, pid }) => `${kind} ${pid}` },
    { head: 'Servers', cell: ({ servers }) => servers.join(', ') },
    { head: 'Folder', cell: ({ cwd }) => <span class="path">{cwd}</span> },
    { head: 'Runs for', isNumber: true, cell: ({ startedAt }) => distance(startedAt, now) },
    { head: 'Memory', isNumber: true, cell: ({ rssBytes }) => mebibytes(rssBytes) },
  ];
  return (
    <Table
      label="Processes"
      columns={columns}
      rows={processes}
      keyOf={({ pid }) => String(pid)}
      empty="None runs now: clients start them."
    />
  );
}
