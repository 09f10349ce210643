import type { HttpPlugin } from './http-plugin.ts';
import { refusalToWrite } from './request-checks.ts';

/**
 * The content of /readyz. ECS is not checked: an outage of ECS in one region is no reason to take the gateway out of
 * service.
 */
export interface Health {
  /** Why the gateway wants no new traffic; undefined if it does. */
  notReady(): string | undefined;
  /** Names of services that are unavailable while the gateway works without them. It stays ready. */
  degraded?(): readonly string[];
}

/** `/livez` reports that the process answers, `/readyz` that it wants traffic. Neither needs a token. */
export function useHealth(health: Health): HttpPlugin {
  return {
    onRequest({ url, request, fetchAPI, endResponse }) {
      if (url.pathname !== '/livez' && url.pathname !== '/readyz') return;
      const reason = url.pathname === '/readyz' ? health.notReady() : undefined;
      const degraded = url.pathname === '/readyz' ? (health.degraded?.() ?? []) : [];
      const answer = () =>
        fetchAPI.Response.json(
          { status: reason ?? 'ok', ...(degraded.length > 0 && { degraded }) },
          { status: reason === undefined ? 200 : 503 },
        );
      endResponse(refusalToWrite(request, fetchAPI) ?? answer());
    },
  };
}
