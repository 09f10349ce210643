import { type Cost, measure } from '../harness/measure.ts';
import { dataLoader, naive, OUR_TREE, PEER_TREE } from '../harness/peers.ts';
import { ours } from './ours.ts';

/** Parameters of a peer's process. */
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
