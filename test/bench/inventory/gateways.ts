import { type Environment, type Gateway, rest, startGateway } from '../harness/builds.ts';
import type { RemoteStub } from '../harness/measure.ts';

/** Limits that a whole fleet would pass, and room for all subscribers. */
export const OPEN: Environment = {
  MAX_COST: '0',
  MAX_OBJECTS: '0',
  MAX_RESPONSE: '0',
  MAX_CLUSTERS: '0',
  ATTEMPT_TIMEOUT: '1m',
  WS_MAX_SOCKETS: '20000',
  WS_MAX_CALLER_SOCKETS: '20000',
  WS_MAX_PENDING: '20000',
  MAX_CONNECTIONS: '50000',
  MAX_ADDRESS_CONNECTIONS: '50000',
  SSE_MAX_STREAMS: '20000',
  SSE_MAX_CALLER_STREAMS: '20000',
};

/** A gateway over a stub; with the stub's queue, if it has an inventory. */
export function startOver(
  file: string,
  stub: RemoteStub,
  { hasInventory = false, env = {}, options = [] }: GatewayOptions = {},
): Promise<Gateway> {
  const queue: Environment = hasInventory ? { EVENTS_QUEUE: stub.queueUrl } : {};
  return startGateway(file, { ...OPEN, AWS_ENDPOINT_URL_ECS: stub.url, ...queue, ...env }, options);
}

export interface GatewayOptions {
  readonly hasInventory?: boolean;
  readonly env?: Environment;
  readonly options?: readonly string[];
}

const WARM_LIMIT_MS = 600_000;

/** Waits until the inventory of a gateway answers for every cluster: a tree then takes no call for tasks. */
export async function untilWarm(gateway: Gateway, stub: RemoteStub, tree: string, stepMs = 1_000): Promise<void> {
  for (const end = performance.now() + WARM_LIMIT_MS; performance.now() < end; await rest(stepMs)) {
    const before = await taskCalls(stub);
    await rest(stepMs);
    // Nothing was listed yet, or the listing goes on.
    if (before === 0 || (await taskCalls(stub)) > before) continue;
    await gateway.post(tree);
    if ((await taskCalls(stub)) === before) return;
  }
  throw new Error('The inventory does not get ready');
}

const TASK_CALLS: ReadonlySet<string> = new Set([
  'ListTasks',
  'DescribeTasks',
  'ListContainerInstances',
  'DescribeContainerInstances',
]);

/** Calls for tasks and instances since the stub began to count. */
export async function taskCalls(stub: RemoteStub): Promise<number> {
  const { byOperation } = await stub.stats();
  return Object.entries(byOperation).reduce((sum, [name, calls]) => sum + (TASK_CALLS.has(name) ? calls : 0), 0);
}
