import type { Principal } from '../../auth/principal.ts';
import { type HttpPlugin, METRICS_PATH } from './http-plugin.ts';
import { refusalToWrite } from './request-checks.ts';

/** The metrics of the process in a text format for scrapers. */
export interface MetricsText {
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Whether a caller may read the metrics. */
export type MayReadMetrics = (principal: Principal) => boolean | Promise<boolean>;

/** `/metrics`, for callers that may use the graph: call counts reveal much about an account. */
export function useMetrics(metrics: MetricsText, mayRead: MayReadMetrics | undefined): HttpPlugin {
  return {
    async onRequest({ url, request, serverContext, fetchAPI, endResponse }) {
      if (url.pathname !== METRICS_PATH) return;
      const refused = refusalToWrite(request, fetchAPI);
      if (refused) {
        endResponse(refused);
        return;
      }
      const principal = serverContext.caller?.principal;
      if (mayRead !== undefined && (principal === undefined || !(await mayRead(principal)))) {
        endResponse(new fetchAPI.Response(null, { status: 403 }));
        return;
      }
      const { contentType, body } = await metrics.text();
      endResponse(new fetchAPI.Response(body, { headers: { 'content-type': contentType } }));
    },
  };
}
