import { useEffect, useRef } from 'react';
import { keepToken, readToken } from '../gateway';

/** Asks for the token of a gateway that wants one, or for another one if it refused the token that this tab has. */
export function TokenForm({ onToken }: { readonly onToken: () => void }) {
  const isRefused = readToken() !== undefined;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      className="panel token"
      onSubmit={(event) => {
        event.preventDefault();
        keepToken(String(new FormData(event.currentTarget).get('token') ?? ''));
        onToken();
      }}
    >
      <h1>{isRefused ? 'The gateway refused this token' : 'This gateway asks for a token'}</h1>
      {isRefused && <p role="alert">It is wrong, has expired or was withdrawn. Enter another one.</p>}
      <p>It stays in this tab of the browser, and goes when you close it.</p>
      <label>
        Token
        <input ref={field} name="token" type="password" autoComplete="off" spellCheck={false} required />
      </label>
      <button type="submit" className="primary">
        Use this token
      </button>
    </form>
  );
}
