import { useState } from 'preact/hooks';
import { ask } from './connection.ts';

interface Props {
  readonly entrance: string;
  /** Why nobody is in, where there is a reason; else empty. */
  readonly refusal: string;
  entered(session: string): void;
}

export function Door({ entrance, refusal: first, entered }: Props) {
  const [refusal, refuse] = useState(first);
  const isToken = entrance === 'token';
  const open = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget as HTMLFormElement).get('key') ?? '').trim();
    const answer = await ask<{ session: string }>('session', null, { key: key.replace(/^.*#code=/, '') });
    if ('data' in answer) entered(answer.data.session);
    else refuse(answer.failure.message);
  };
  return (
    <main class="door">
      <h1>mcpctl</h1>
      {isToken ? (
        <p>
          Show a token of this gateway (<code>mcpctl gateway token</code> makes one), or the one-time link in
          its terminal.
        </p>
      ) : (
        <p>
          Open the link that <code>mcpctl watch --web</code> printed last, or paste it here. Each works once.
        </p>
      )}
      <p role="alert" class="refusal">
        {refusal}
      </p>
      <form onSubmit={open}>
        <label for="key">{isToken ? 'Token or link' : 'Link'}</label>
        <input id="key" name="key" type="password" autocomplete="off" spellcheck={false} required />
        <button type="submit">Open</button>
      </form>
    </main>
  );
}
