// Asks for the bearer token in one field above GraphiQL and sends it with every request of every tab. It is kept in the session
// storage: it survives a reload, and no longer than the browser's tab.
const KEY = 'ecs-graphql.token';

/** @param form the token field; null where the gateway asks for no token */
export function useToken(form) {
  if (form === null) return;
  const field = form.elements.namedItem('token');
  const [use, forget] = form.querySelectorAll('button');
  const state = form.querySelector('output');

  function show(text, isProblem) {
    const isHeld = sessionStorage.getItem(KEY) !== null;
    state.textContent = text;
    form.classList.toggle('problem', isProblem);
    forget.hidden = !isHeld;
    field.placeholder = isHeld ? 'Token in use; type another to replace it' : 'Bearer token';
    if (isProblem) field.focus();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = field.value.trim().replace(/^Bearer +/i, '');
    if (token === '') return;
    sessionStorage.setItem(KEY, token);
    field.value = '';
    readSchema();
  });

  forget.addEventListener('click', () => {
    sessionStorage.removeItem(KEY);
    readSchema();
  });

  /** GraphiQL reads the schema when it starts, and when this button is pressed. */
  function readSchema() {
    document.querySelector('[aria-label^="Re-fetch GraphQL schema"]')?.click();
  }

  const send = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const token = sessionStorage.getItem(KEY);
    // What somebody typed into the Headers of a tab comes first.
    if (token !== null && new URL(request.url).origin === location.origin && !request.headers.has('authorization')) {
      request.headers.set('authorization', `Bearer ${token}`);
    }
    const response = await send(request);
    if (response.status !== 401) show('The token is kept until this browser tab is closed.', false);
    else if (token === null) show('This gateway asks for a token.', true);
    else show('The gateway does not accept this token.', true);
    return response;
  };

  use.disabled = false;
  show('', false);
}
