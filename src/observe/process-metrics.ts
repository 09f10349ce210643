import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * Metrics of the Node process: memory, garbage collection, event loop. All gateways of a process share them, because prom-client cannot
 * stop collecting: its observers would keep a disposed gateway in memory.
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
