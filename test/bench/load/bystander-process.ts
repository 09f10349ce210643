import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Slower than ECS's bucket for DescribeServices fills, so that no look-up waits for it. */
const EVERY_MS = 60;

/** A client of its own process: what else the bench does must not count in the time that its answers take. */
const {
  url,
  token,
  everyMs = EVERY_MS,
} = JSON.parse(process.argv[2] ?? '{}') as {
  url: string;
  token?: string;
  everyMs?: number;
};

const agent = new Agent({ keepAlive: true });

const queryOf = (index: number) =>
  `{ service(cluster: "c0000", service: "s${String(index % 50).padStart(4, '0')}") { status runningCount } }`;

/** @returns the milliseconds until the whole answer was there */
async function lookUp(index: number): Promise<number> {
  const began = performance.now();
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const sent = request(`${url}/graphql`, { method: 'POST', headers, agent });
  sent.end(JSON.stringify({ query: queryOf(index) }));
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  if (!text.includes('"runningCount"')) throw new Error(`The look-up was answered: ${text.slice(0, 200)}`);
  return performance.now() - began;
}

process.on('message', async (count: number) => {
  const took: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const [ms] = await Promise.all([lookUp(index), delay(everyMs)]);
    took.push(ms);
  }
  process.send?.(took);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
