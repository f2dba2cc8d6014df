import type { ControlStatus } from './protocol.ts';

/** Tells those who follow a process what changes in it. */
export interface Changes {
  /** Until what is returned is called. */
  follow(tell: (status: ControlStatus) => void): () => void;
}

/** How often it is looked whether a state is another, while somebody follows: from memory, for microseconds. */
const LOOK_MS = 100;
/** What never stands still, such as the time of the last answer, is told each so many looks. */
const LOOKS_FOR_NUMBERS = 20;

export function createChanges(status: () => ControlStatus): Changes {
  const followers = new Set<(status: ControlStatus) => void>();
  let timer: NodeJS.Timeout | undefined;
  let told = { states: '', numbers: '' };
  let looks = 0;
  const look = (): void => {
    looks += 1;
    const now = status();
    const states = statesIn(now);
    const isTime = looks % LOOKS_FOR_NUMBERS === 0;
    const numbers = isTime ? numbersIn(now) : told.numbers;
    if (states === told.states && numbers === told.numbers) return;
    told = { states, numbers };
    for (const tell of followers) tell(now);
  };
  return {
    follow(tell) {
      // Whoever followed before must not miss what changed since the last look.
      if (followers.size > 0) look();
      else {
        const now = status();
        told = { states: statesIn(now), numbers: numbersIn(now) };
      }
      followers.add(tell);
      timer ??= setInterval(look, LOOK_MS).unref();
      return () => {
        followers.delete(tell);
        if (followers.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** All that a process says but what never stands still. */
export function statesIn({ servers, auditFailures, signIns }: ControlStatus): string {
  const states = servers.map(({ answeredAt, recent, ...state }) => state);
  return JSON.stringify([auditFailures, signIns, states]);
}

function numbersIn({ servers }: ControlStatus): string {
  return JSON.stringify(servers.map(({ answeredAt, recent }) => [answeredAt, recent?.calls]));
}
