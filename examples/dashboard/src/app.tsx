import { useEffect, useState } from 'react';
import { Provider } from 'urql';
import { createPageClient } from './client';
import { connection, isLockedOut } from './live';
import { ClusterPage } from './pages/cluster';
import { FleetPage } from './pages/fleet';
import { ServicePage } from './pages/service';
import { StoppedPage } from './pages/stopped';
import { FollowDeployments } from './parts/deployments-feed';
import { TokenForm } from './parts/token-form';
import { clusterLink, fleetLink, type Route, stoppedLink, useRoute } from './route';
import { useStore } from './store';

export function App() {
  const route = useRoute();
  // A new token gets a new client, with an empty cache.
  const [client, setClient] = useState(createPageClient);
  const locked = useStore(isLockedOut);

  const title = titleOf(route);
  useEffect(() => {
    document.title = title;
    scrollTo(0, 0);
  }, [title]);

  return (
    <Provider value={client}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Header route={route} />
      <main id="main" tabIndex={-1}>
        {locked ? (
          <TokenForm
            onToken={() => {
              isLockedOut.set(false);
              setClient(createPageClient());
            }}
          />
        ) : (
          <FollowDeployments>
            <Page route={route} />
          </FollowDeployments>
        )}
      </main>
    </Provider>
  );
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'fleet':
      return <FleetPage />;
    case 'stopped':
      return <StoppedPage />;
    case 'cluster':
      return <ClusterPage key={route.cluster} cluster={route.cluster} />;
    case 'service':
      return <ServicePage key={`${route.cluster}/${route.service}`} cluster={route.cluster} service={route.service} />;
  }
}

function titleOf(route: Route): string {
  if (route.page === 'service') return `${route.service} · ${route.cluster} · ECS`;
  if (route.page === 'cluster') return `${route.cluster} · ECS`;
  return route.page === 'stopped' ? 'Stopped tasks · ECS' : 'ECS';
}

function Header({ route }: { readonly route: Route }) {
  return (
    <header className={'cluster' in route ? 'top deep' : 'top'}>
      <a className="mark" href={fleetLink}>
        <span className="hidden">ECS</span>
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
          <path
            d="M16 3l11.500 6.600v12.800L16 29 4.500 22.400V9.600z"
            fill="none"
            stroke="currentColor"
            strokeWidth="2"
          />
          <rect x="10" y="17" width="3.500" height="6" rx="1" fill="var(--good)" />
          <rect x="14.500" y="12" width="3.500" height="11" rx="1" fill="var(--old)" />
          <rect x="19" y="9" width="3.500" height="14" rx="1" fill="var(--moving)" />
        </svg>
      </a>
      <nav aria-label="Pages">
        <a href={fleetLink} aria-current={route.page === 'fleet' ? 'page' : undefined}>
          Fleet
        </a>
        <a href={stoppedLink} aria-current={route.page === 'stopped' ? 'page' : undefined}>
          Stopped tasks
        </a>
        {'cluster' in route && (
          <span className="crumbs">
            <a href={clusterLink(route.cluster)} aria-current={route.page === 'cluster' ? 'page' : undefined}>
              {route.cluster}
            </a>
            {route.page === 'service' && <span aria-current="page">{route.service}</span>}
          </span>
        )}
      </nav>
      <ConnectionState />
      <ThemeButton />
    </header>
  );
}

function ConnectionState() {
  const state = useStore(connection);
  if (useStore(isLockedOut)) return <output className="connection">Waits for a token</output>;
  const text =
    state.state === 'offline'
      ? `Reconnecting${state.attempts > 1 ? ` (attempt ${state.attempts})` : ''}`
      : { idle: 'Idle', connecting: 'Connecting', live: 'Live' }[state.state];
  return (
    <output className={`connection ${state.state}`} aria-live="polite">
      {text}
    </output>
  );
}

const THEME_KEY = 'ecs-dashboard.theme';

function ThemeButton() {
  const [theme, setTheme] = useState(
    () => localStorage.getItem(THEME_KEY) ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'),
  );
  useEffect(() => {
    document.documentElement.setAttribute('data-theme', theme);
  }, [theme]);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      className="theme"
      aria-label={`Use the ${other} theme`}
      title={`Use the ${other} theme`}
      onClick={() => {
        localStorage.setItem(THEME_KEY, other);
        setTheme(other);
      }}
    >
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
        <circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" strokeWidth="2" />
        <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
      </svg>
    </button>
  );
}
