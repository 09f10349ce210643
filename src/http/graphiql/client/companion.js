// What the page does around GraphiQL's own tabs: subscriptions that go on, variables that are seen, the first run.
import { keyOf } from './streams.js';

const EXECUTE = 'button[aria-label^="Execute query"]';
const SHOW_TOOLS = 'button[aria-label="Show editor tools"]';
const SHOW_DOCS = 'button[aria-label="Show Documentation Explorer"]';
const VISITED = 'ecs-graphql.visited';
/** Below this width the docs panel would cover the editors. */
const WIDE = '(min-width: 1200px)';

/** Whether the person stopped the subscription, and did not only change the tab. */
function createStopWatch() {
  let pressedAt = -Infinity;
  const press = () => {
    pressedAt = performance.now();
  };
  document.addEventListener(
    'click',
    ({ target }) => target.closest?.('button[aria-label^="Stop query"]') && press(),
    true,
  );
  document.addEventListener(
    'keydown',
    (event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && press(),
    true,
  );
  return () => performance.now() - pressedAt < 500;
}

/** Waits until an element is there, for as long as GraphiQL takes to start. */
async function found(selector, attempts = 100) {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const one = document.querySelector(selector);
    if (one !== null) return one;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
}

export function watchTabs(streams, panel) {
  const isStopped = createStopWatch();
  let active;
  let open = [];

  streams.onOpened = (stream) => panel.select(stream.key);
  streams.onDetached = (stream) => {
    if (isStopped()) streams.stop(stream);
    panel.draw();
  };

  // The links of the start page.
  document.addEventListener('click', (event) => {
    const [, name] = /#tab=(\w+)$/.exec(event.target.closest?.('a')?.getAttribute('href') ?? '') ?? [];
    if (name === undefined) return;
    event.preventDefault();
    const buttons = [...document.querySelectorAll('.graphiql-tab-button')];
    buttons.find((button) => button.textContent.includes(name))?.click();
  });

  function keyOfTab({ query, variables }) {
    try {
      return keyOf({ query, variables: variables?.trim() ? JSON.parse(variables) : {} });
    } catch {
      return '';
    }
  }

  async function onTabChange({ tabs, activeTabIndex }) {
    const tab = tabs[activeTabIndex];
    const isAnother = active !== tab.id;
    active = tab.id;
    const keys = tabs.map(keyOfTab);
    // A tab that is closed ends its subscription. One that is edited does not.
    const closed = open.filter(({ id }) => !tabs.some((other) => other.id === id));
    for (const stream of streams.all()) if (closed.some(({ key }) => key === stream.key)) streams.forget(stream);
    open = tabs.map(({ id }, index) => ({ id, key: keys[index] }));
    if (!isAnother) return;
    if (tab.variables?.trim()) document.querySelector(SHOW_TOOLS)?.click();
    const stream = streams.find(keys[activeTabIndex]);
    if (stream === undefined) return;
    panel.select(stream.key);
    // GraphiQL shows the events again where one press of its button runs the subscription.
    const isAlone = (tab.query.match(/^(mutation|query)\b/gm) ?? []).length === 0;
    if (isAlone && streams.isLive(stream)) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      if (active === tab.id) document.querySelector(EXECUTE)?.click();
    }
  }

  /** Runs the first tab at the first visit of this browser. The page is then not empty. */
  async function runFirstOnce() {
    if (new URL(location.href).searchParams.has('query') || isVisited()) return;
    await found('.result-window .monaco-editor');
    await found('.graphiql-query-editor .view-line');
    // The token comes first.
    const response = await fetch(`${location.pathname}?query=%7B__typename%7D`, {
      headers: { accept: 'application/json' },
    });
    await response.text();
    if (!response.ok) return;
    const text = document.querySelector('.graphiql-query-editor').textContent;
    if (/\b(mutation|subscription)\b/.test(text)) return;
    localStorage.setItem(VISITED, '1');
    document.querySelector(EXECUTE)?.click();
  }

  return { onTabChange, runFirstOnce };
}

function isVisited() {
  return localStorage.getItem(VISITED) !== null;
}

/** The tab in which this browser left the page. Without it GraphiQL adds an empty tab at each reload. */
export function activeTab() {
  if (new URL(location.href).searchParams.has('query')) return {};
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '');
    const { query, variables } = tabs[activeTabIndex];
    return { query: query ?? '', variables: variables ?? '' };
  } catch {
    // It was never here, or GraphiQL keeps its tabs in another way.
    return {};
  }
}

/** Opens the docs panel at the first visit, where there is room for it. */
export async function showDocsOnce() {
  if (isVisited() || !matchMedia(WIDE).matches) return;
  (await found(SHOW_DOCS))?.click();
}
