import type { HttpPlugin } from './http-plugin.ts';
import { refusalToWrite } from './request-checks.ts';

/** What /readyz tells. One region's ECS being down is no reason to take the gateway out, so it is not asked here. */
export interface Health {
  /** Why no new traffic should come; undefined when it may. */
  notReady(): string | undefined;
}

/** `/livez`: the process answers. `/readyz`: it wants traffic. Neither needs a token. */
export function useHealth(health: Health): HttpPlugin {
  return {
    onRequest({ url, request, fetchAPI, endResponse }) {
      if (url.pathname !== '/livez' && url.pathname !== '/readyz') return;
      const reason = url.pathname === '/readyz' ? health.notReady() : undefined;
      const told = () =>
        fetchAPI.Response.json({ status: reason ?? 'ok' }, { status: reason === undefined ? 200 : 503 });
      endResponse(refusalToWrite(request, fetchAPI) ?? told());
    },
  };
}
