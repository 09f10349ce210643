import { keepToken } from '../gateway';

/** Asks for the token of a gateway that wants one. */
export function TokenForm({ onToken }: { readonly onToken: () => void }) {
  return (
    <form
      className="panel token"
      onSubmit={(event) => {
        event.preventDefault();
        keepToken(String(new FormData(event.currentTarget).get('token') ?? ''));
        onToken();
      }}
    >
      <h1>This gateway asks for a token</h1>
      <p>It stays in this tab of the browser, and goes when you close it.</p>
      <label>
        Token
        <input name="token" type="password" autoComplete="off" spellCheck={false} required />
      </label>
      <button type="submit" className="primary">
        Use this token
      </button>
    </form>
  );
}
