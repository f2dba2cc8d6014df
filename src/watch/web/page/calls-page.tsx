import type { DashboardState, ShownCall } from '../wire.ts';
import { CallList, WORDS } from './call-list.tsx';
import { Card } from './parts.tsx';

interface Props {
  /** Of the address, as it is sent. */
  readonly query: string;
  readonly state: DashboardState;
  readonly session: string | null;
}

const TIMES: readonly (readonly [value: string, word: string])[] = [
  ['1h', 'the last hour'],
  ['24h', 'the last day'],
  ['7d', 'the last week'],
  ['', 'any time'],
];

/** The audit log, searched by what stands in the address. */
export function CallsPage({ query, state, session }: Props) {
  const given = new URLSearchParams(query);
  if (!given.has('since')) given.set('since', '24h');
  const search = (event: SubmitEvent): void => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget as HTMLFormElement)];
    const filled = entries.map(([name, value]): [string, string] => [name, String(value)]);
    location.hash = `#/calls?${new URLSearchParams(filled)}`;
  };
  const whose = state.viewer.isOwner ? 'of everybody' : `of ${state.viewer.principal ?? 'you'}`;
  return (
    <main>
      <h1>Calls</h1>
      <Card title="Search the audit log" aside={whose}>
        <form class="search" onSubmit={search}>
          <Choice name="since" label="Time" value={given.get('since') ?? ''} options={TIMES} />
          <Choice
            name="server"
            label="Server"
            value={given.get('server') ?? ''}
            options={[['', 'all'], ...state.observation.servers.map(({ name }) => [name, name] as const)]}
          />
          <label>
            Tool
            <input
              name="tool"
              type="search"
              value={given.get('tool') ?? ''}
              spellcheck={false}
              autocomplete="off"
            />
          </label>
          <Choice
            name="outcome"
            label="Outcome"
            value={given.get('outcome') ?? ''}
            options={[['', 'all'], ...(Object.entries(WORDS) as [ShownCall['outcome'], string][])]}
          />
          <button type="submit">Search</button>
        </form>
        <CallList query={String(given)} size={50} session={session} label="Calls that fit" />
      </Card>
    </main>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, word: string])[];
}

function Choice({ name, label, value, options }: ChoiceProps) {
  return (
    <label>
      {label}
      <select name={name}>
        {options.map(([each, word]) => (
          <option key={each} value={each} selected={each === value}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}
