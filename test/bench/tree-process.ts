import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { type Cost, measure } from './measure.ts';
import { dataLoader, naive, OUR_TREE, PEER_TREE } from './peers.ts';

/** What the parent asks of a peer's process. */
export interface TreeRequest {
  readonly peer: string;
  readonly endpoint: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface TreeResult extends Cost {
  readonly tasks: number;
  readonly errors: number;
  readonly rssMb: number;
}

async function ours({ endpoint, settings }: TreeRequest): Promise<(query: string) => Promise<string>> {
  const limits = { MAX_COST: '0', QUERY_DEADLINE: '10m', ATTEMPT_TIMEOUT: '1m' };
  const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: endpoint, PORT: '0', ...limits, ...settings };
  const config = loadConfig('serve', [], env);
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const app = await createApp({ ...config, credentials }, { log: pino({ level: 'silent' }) });
  return async (query) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const body = JSON.stringify({ query });
    return (await app.fetch(new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body }))).text();
  };
}

const request = JSON.parse(process.argv[2] ?? '{}') as TreeRequest;
const isOurs = request.peer === 'ours';
const run = isOurs ? await ours(request) : (request.peer === 'naive' ? naive : dataLoader)(request.endpoint);
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
process.on('message', async () => {
  peak = 0;
  let text = '';
  const cost = await measure(async () => {
    text = await run(isOurs ? OUR_TREE : PEER_TREE);
  });
  const { errors = [] } = JSON.parse(text) as { errors?: unknown[] };
  const tasks = text.split('"taskArn":"').length - 1;
  const result: TreeResult = { ...cost, tasks, errors: errors.length, rssMb: peak / 1e6 };
  process.send?.(result);
});
process.on('disconnect', () => {
  clearInterval(watch);
  process.exit(0);
});
process.send?.('ready');
