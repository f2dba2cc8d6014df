import { useState } from 'preact/hooks';
import type { ObservedServer } from '../../observation.ts';
import type { DashboardState, ServerUse } from '../wire.ts';
import { CallList } from './call-list.tsx';
import { Changes } from './changes.tsx';
import { Spark } from './chart.tsx';
import { concernsIn } from './concerns.ts';
import { ask } from './connection.ts';
import { count, dayAndTime, distance, mebibytes, milliseconds, percent, rate, share } from './format.ts';
import { ToolTable } from './overview.tsx';
import { Advice, Card, Mark, StateBadge } from './parts.tsx';

interface Props {
  readonly name: string;
  readonly state: DashboardState;
  readonly session: string | null;
}

export function ServerPage({ name, state, session }: Props) {
  const { observation, activity, changes, viewer } = state;
  const server = observation.servers.find((each) => each.name === name);
  if (!server) {
    return (
      <main>
        <h1>{name}</h1>
        <p class="empty">There is no such server in the manifest.</p>
      </main>
    );
  }
  const use = activity.servers.find((each) => each.server === name);
  const tools = activity.tools.filter((tool) => tool.server === name);
  const concern = concernsIn(state).find((each) => each.server === name);
  return (
    <main>
      <p class="back">
        <a href="#/">All servers</a>
      </p>
      <div class="title">
        <h1>{name}</h1>
        <StateBadge state={server.state} />
        {viewer.isOwner && <Restart server={name} session={session} />}
      </div>
      {concern && (
        <ul class="concerns" aria-label="What needs you">
          <li class={concern.tone}>
            <Mark tone={concern.tone} />
            <div>
              <p>{concern.text}</p>
              {concern.advice !== undefined && <Advice text={concern.advice} />}
            </div>
          </li>
        </ul>
      )}
      <Card title="Now">
        <Facts server={server} use={use} now={observation.at} limit={state.limits[name] ?? 0} />
      </Card>
      <div class="pair">
        <Card title="Tools" aside={toolsInWords(server)}>
          {server.tools.changed.length > 0 && (
            <p class="drift">
              Not what was locked: <b>{server.tools.changed.join(', ')}</b>
            </p>
          )}
          <ToolTable
            label={`Tools of ${name}`}
            tools={tools}
            isAlone
            empty="None was called in the last hour."
          />
        </Card>
        <Card title="What changed">
          <Changes changes={changes.filter((change) => change.server === name)} now={observation.at} />
        </Card>
      </div>
      <Card title="Latest calls" aside="last day">
        <CallList
          query={String(new URLSearchParams({ server: name, since: '24h' }))}
          size={12}
          edition={activity.until}
          session={session}
          label={`Calls of ${name}`}
        />
      </Card>
    </main>
  );
}

function toolsInWords({ tools: { offered, locked } }: ObservedServer): string {
  return `${offered ?? 'unknown'} offered, ${locked ?? 'none'} locked`;
}

function Facts({
  server,
  use,
  now,
  limit,
}: {
  server: ObservedServer;
  use: ServerUse | undefined;
  now: string;
  limit: number;
}) {
  const {
    since,
    transport,
    era,
    version,
    probe,
    check,
    nextProbeAt,
    calls,
    restarts,
    rssBytes,
    token,
    scope,
    owners,
  } = server;
  const facts: [string, string][] = [
    ['In this state for', distance(since, now)],
    ['Connected by', `${transport}${era ? `, ${era} era` : ''}`],
    ['Version', version ?? '–'],
    ['Manifest', scope],
    [
      'Last probe',
      probe ? `${probe.ok ? milliseconds(probe.ms) : 'no answer'}, ${distance(probe.at, now)} ago` : '–',
    ],
    ['Next probe', nextProbeAt === undefined ? '–' : `in ${distance(nextProbeAt, now)}`],
    ...(check
      ? [
          ['Harmless call', `${check.tool} ${CHECKED[check.outcome]}, ${distance(check.at, now)} ago`] as [
            string,
            string,
          ],
        ]
      : []),
    ['Calls', `${rate(calls.perMinute)} a minute${limit > 0 ? ` of ${limit}` : ''}`],
    ['Half are faster than', milliseconds(calls.p50Ms)],
    ['95 of 100 are faster than', milliseconds(calls.p95Ms)],
    ['Errors', percent(calls.errorRatio)],
    ['From the cache', use ? percent(share(use.hits, use.hits + use.misses)) : '–'],
    ['Memory', mebibytes(rssBytes)],
    ['Restarts', String(restarts)],
    ...(token ? [['Sign-in', signInInWords(token.expiresAt, now)] as [string, string]] : []),
    ...(owners.length > 0
      ? [['Run by', owners.map(({ kind, pid }) => `${kind} ${pid}`).join(', ')] as [string, string]]
      : []),
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {use && (
        <figure class="hour">
          <figcaption>{count(use.calls, 'call')} in the last hour</figcaption>
          <Spark minutes={use.minutes} />
        </figure>
      )}
    </>
  );
}

const CHECKED = { ok: 'answers', failed: 'fails', refused: 'was not called' };

function signInInWords(expiresAt: string | null, now: string): string {
  if (expiresAt === null) return 'does not expire';
  const isOver = Date.parse(expiresAt) < Date.parse(now);
  return isOver ? `expired ${dayAndTime(expiresAt)}` : `renewed within ${distance(expiresAt, now)}`;
}

/** Asks once more before it ends calls that are under way. */
function Restart({ server, session }: { server: string; session: string | null }) {
  const [step, setStep] = useState<'idle' | 'sure' | 'working'>('idle');
  const [told, tell] = useState('');
  const restart = async (): Promise<void> => {
    setStep('working');
    tell('Restarting…');
    const answer = await ask<object>('api/restart', session, { server });
    setStep('idle');
    if ('failure' in answer) tell(`${answer.failure.message} ${answer.failure.hint ?? ''}`);
    else tell('Started again.');
  };
  return (
    <div class="restart">
      {step === 'sure' ? (
        <>
          <button type="button" class="danger" onClick={restart}>
            Yes, restart {server}
          </button>
          <button type="button" class="quiet" onClick={() => setStep('idle')}>
            No
          </button>
        </>
      ) : (
        <button type="button" disabled={step === 'working'} onClick={() => setStep('sure')}>
          Restart
        </button>
      )}
      <span role="status">{told}</span>
    </div>
  );
}
