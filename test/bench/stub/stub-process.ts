import { type FleetShape, type StubSettings, startStub } from './stub-ecs.ts';
import { startStubQueue } from './stub-queue.ts';

/** A request to the process. */
export interface StubRequest {
  readonly begin?: StubSettings;
  /** Tasks to change, and to announce in the queue. */
  readonly change?: number;
}

// A process of its own, so that what it does is not in the measured one's CPU time.
const shape = JSON.parse(process.argv[2] ?? '{}') as FleetShape;
const stub = await startStub(shape);
const queue = await startStubQueue();
process.on('message', ({ begin, change }: StubRequest) => {
  if (begin !== undefined) stub.begin(begin);
  if (change !== undefined) queue.send(stub.change(change));
  process.send?.({ stats: stub.stats(), waitingMessages: queue.waitingMessages });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: stub.url, queueUrl: queue.url });
