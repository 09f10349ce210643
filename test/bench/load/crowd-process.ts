import { once, setMaxListeners } from 'node:events';
import { Agent, request } from 'node:http';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Begins with queries, of which each is sent again whenever it was answered; ends when all are answered; or leaves at once. */
export type CrowdRequest = { readonly queries: readonly string[] } | 'end' | 'leave';

/** An answer without data is no longer than this. */
const MOST_ERRORS = 2_000;

/**
 * Callers of expensive queries, from another address than the bystander. It reads megabytes each second. On a machine of
 * two cores it would take the time of the simulated ECS and of the bystander, and their waiting would count as the
 * gateway's; so all other processes go before it.
 */
setPriority(constants.priority.PRIORITY_LOW);

const { url } = JSON.parse(process.argv[2] ?? '{}') as { url: string };
const agent = new Agent({ keepAlive: true });

/** @returns the code of the first error, or `ok` */
async function send(query: string, signal: AbortSignal): Promise<string> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const sent = request(`${url}/graphql`, { method: 'POST', headers, agent, localAddress: '127.0.0.2', signal });
  sent.end(JSON.stringify({ query }));
  const [response] = await once(sent, 'response');
  // The data is not parsed: that would take CPU from the gateway.
  let text = '';
  for await (const chunk of response) if (text.length < MOST_ERRORS) text += chunk;
  return /"code":"(\w+)"/.exec(text)?.[1] ?? 'ok';
}

interface Crowd {
  readonly codes: string[];
  readonly gone: AbortController;
  isOver: boolean;
  readonly all: Promise<unknown>;
}

function begin(queries: readonly string[]): Crowd {
  const crowd = { codes: [] as string[], gone: new AbortController(), isOver: false };
  setMaxListeners(0, crowd.gone.signal);
  const one = async (query: string) => {
    while (!crowd.isOver) {
      const code = await send(query, crowd.gone.signal);
      crowd.codes.push(code);
      if (code !== 'ok') await delay(1_000);
    }
  };
  return Object.assign(crowd, { all: Promise.allSettled(queries.map(one)) });
}

let crowd: Crowd | undefined;
process.on('message', async (message: CrowdRequest) => {
  if (typeof message === 'object') {
    crowd = begin(message.queries);
    return;
  }
  if (crowd === undefined) return;
  crowd.isOver = true;
  if (message === 'leave') crowd.gone.abort();
  await crowd.all;
  process.send?.(crowd.codes);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
