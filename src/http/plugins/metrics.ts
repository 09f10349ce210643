import { type HttpPlugin, METRICS_PATH } from './http-plugin.ts';
import { refusalToWrite } from './request-checks.ts';

/** The metrics of the process in a text format for scrapers. */
export interface MetricsText {
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** `/metrics`, for callers that may use the graph: call counts reveal much about an account. */
export function useMetrics(metrics: MetricsText): HttpPlugin {
  return {
    async onRequest({ url, request, fetchAPI, endResponse }) {
      if (url.pathname !== METRICS_PATH) return;
      const refused = refusalToWrite(request, fetchAPI);
      if (refused) {
        endResponse(refused);
        return;
      }
      const { contentType, body } = await metrics.text();
      endResponse(new fetchAPI.Response(body, { headers: { 'content-type': contentType } }));
    },
  };
}
