import { type FleetShape, type StubSettings, startStub } from './stub-ecs.ts';

// A process of its own, so that what it does is not in the measured one's CPU time.
const shape = JSON.parse(process.argv[2] ?? '{}') as FleetShape;
const stub = await startStub(shape);
process.on('message', (message: { begin?: StubSettings }) => {
  if (message.begin !== undefined) stub.begin(message.begin);
  process.send?.({ stats: stub.stats() });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: stub.url });
