import { pino } from 'pino';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import type { TreeRequest } from './tree-process.ts';

/** A gateway in this process, with the default settings but for limits that a whole fleet would pass. */
export async function ours({
  endpoint,
  settings,
}: TreeRequest): Promise<(query: string, signal?: AbortSignal) => Promise<string>> {
  const limits = { MAX_COST: '0', MAX_OBJECTS: '0', MAX_RESPONSE: '0', QUERY_DEADLINE: '10m', ATTEMPT_TIMEOUT: '1m' };
  const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: endpoint, PORT: '0', ...limits, ...settings };
  const config = loadConfig('serve', [], env);
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const app = await createApp({ ...config, credentials }, { log: pino({ level: 'silent' }) });
  return async (query, signal) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const body = JSON.stringify({ query });
    return (
      await app.fetch(
        new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body, signal: signal ?? null }),
      )
    ).text();
  };
}
