import { type HttpPlugin, METRICS_PATH } from './http-plugin.ts';
import { refusalToWrite } from './request-checks.ts';

/** What is told of the process, in a text format that scrapers read. */
export interface MetricsText {
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** `/metrics`, for who may use the graph: what is called how often says much of an account. */
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
