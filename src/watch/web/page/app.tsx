import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DashboardState } from '../wire.ts';
import { CallsPage } from './calls-page.tsx';
import { concernsIn } from './concerns.ts';
import { ask, follow, kept, type Link, leave } from './connection.ts';
import { Door } from './door.tsx';
import { LinkStatus } from './link-status.tsx';
import { Overview } from './overview.tsx';
import { ServerPage } from './server-page.tsx';

/** The part of the address behind `#`, while it changes. */
function useRoute(): string {
  const [route, setRoute] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setRoute(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

function App({ entrance, refusal }: { entrance: string; refusal: string }) {
  const [session, setSession] = useState(kept.read());
  const [state, setState] = useState<DashboardState>();
  const [link, setLink] = useState<Link>({ kind: 'opening' });
  const following = useRef<ReturnType<typeof follow> | undefined>(undefined);
  const route = useRoute();
  useEffect(() => {
    const started = follow(session, { told: setState, linked: setLink });
    following.current = started;
    return started.end;
  }, [session]);
  useTitle(state, route);
  const enter = (made: string): void => {
    kept.write(made);
    setSession(made);
  };
  const goOut = async (): Promise<void> => {
    await leave(session);
    kept.forget();
    setState(undefined);
    setLink({ kind: 'shut' });
  };
  if (link.kind === 'shut') {
    return <Door entrance={entrance} refusal={state ? ENDED : refusal} entered={enter} />;
  }
  return (
    <>
      <header class="bar">
        <a class="name" href="#/">
          mcpctl
        </a>
        <nav aria-label="Pages">
          <a href="#/" aria-current={route.startsWith('#/calls') ? undefined : 'page'}>
            Servers
          </a>
          <a href="#/calls" aria-current={route.startsWith('#/calls') ? 'page' : undefined}>
            Calls
          </a>
        </nav>
        <LinkStatus link={link} at={state?.observation.at} again={() => following.current?.again()} />
        {session !== null && (
          <button type="button" class="quiet" onClick={goOut}>
            Sign out
          </button>
        )}
      </header>
      {state ? <Page route={route} state={state} session={session} /> : <Waiting />}
      <Announcer state={state} />
      {state && <footer>mcpctl {state.version}, on this computer</footer>}
    </>
  );
}

const ENDED =
  'You are signed out: by yourself, because mcpctl was started again, or because the token was revoked.';

function Page({ route, state, session }: { route: string; state: DashboardState; session: string | null }) {
  const [path = '', query = ''] = route.replace(/^#/, '').split('?', 2);
  const name = /^\/servers\/([^/]+)$/.exec(path)?.[1];
  if (name !== undefined)
    return <ServerPage key={name} name={decoded(name)} state={state} session={session} />;
  if (path === '/calls') return <CallsPage key={query} query={query} state={state} session={session} />;
  return <Overview state={state} />;
}

function Waiting() {
  return (
    <main>
      <h1>Looking at your servers…</h1>
    </main>
  );
}

/** Says what changed to those who do not see it. */
function Announcer({ state }: { state: DashboardState | undefined }) {
  const [latest] = state?.changes ?? [];
  return (
    <p class="unseen" aria-live="polite">
      {latest && `${latest.server}: ${latest.text}`}
    </p>
  );
}

function useTitle(state: DashboardState | undefined, route: string): void {
  const troubles = state ? concernsIn(state).length : 0;
  const page = route.startsWith('#/calls') ? 'Calls' : 'Servers';
  useEffect(() => {
    document.title = `${troubles > 0 ? `(${troubles}) ` : ''}${page} · mcpctl`;
  }, [troubles, page]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Takes the code of a one-time link out of the address before anything else, and trades it for a session. Returns why not. */
async function enterByLink(): Promise<string> {
  const code = /^#code=([\w-]{22})$/.exec(location.hash)?.[1];
  if (code === undefined) return '';
  history.replaceState(null, '', location.pathname);
  const answer = await ask<{ session: string }>('session', kept.read(), { key: code });
  if (!('data' in answer)) return answer.failure.message;
  kept.write(answer.data.session);
  return '';
}

const root = document.getElementById('app');
if (root) {
  const refusal = await enterByLink();
  const entrance = root.dataset.entrance ?? 'link';
  root.replaceChildren();
  render(<App entrance={entrance} refusal={refusal} />, root);
}
