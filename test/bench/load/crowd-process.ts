import { once, setMaxListeners } from 'node:events';
import { Agent, request } from 'node:http';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** The queries of the callers: each has one, which it sends again whenever it was answered. */
export interface CrowdTask {
  readonly url: string;
  readonly token?: string;
  /** `COUNT` in a query stands for a number that each request has for itself. */
  readonly queries: readonly string[];
  /** How long a caller rests after an error. */
  readonly restMs: number;
}

/** Begins; ends when all queries are answered; or leaves at once. */
export type CrowdRequest = CrowdTask | 'end' | 'leave';

/** An answer without data is no longer than this. */
const MOST_ERRORS = 2_000;

/**
 * Callers of expensive queries, from another address than the bystander. It reads megabytes each second. On a machine of
 * two cores it would take the time of the simulated ECS and of the bystander, and their waiting would count as the
 * gateway's; so all other processes go before it.
 */
setPriority(constants.priority.PRIORITY_LOW);

const agent = new Agent({ keepAlive: true });

/** @returns the code of the first error, or `ok` */
async function send({ url, token }: CrowdTask, query: string, signal: AbortSignal): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
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

let count = 0;

function begin(task: CrowdTask): Crowd {
  const crowd = { codes: [] as string[], gone: new AbortController(), isOver: false };
  setMaxListeners(0, crowd.gone.signal);
  const one = async (query: string) => {
    while (!crowd.isOver) {
      count += 1;
      const code = await send(task, query.replaceAll('COUNT', String(count)), crowd.gone.signal);
      crowd.codes.push(code);
      if (code !== 'ok' && task.restMs > 0) await delay(task.restMs);
    }
  };
  return Object.assign(crowd, { all: Promise.allSettled(task.queries.map(one)) });
}

let crowd: Crowd | undefined;
process.on('message', async (message: CrowdRequest) => {
  if (typeof message === 'object') {
    crowd = begin(message);
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
