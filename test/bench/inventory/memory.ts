import { type Builds, type Gateway, rest } from '../harness/builds.ts';
import { forkStub, type RemoteStub, round, table } from '../harness/measure.ts';
import { OUR_TREE } from '../harness/peers.ts';
import { startOver, untilWarm } from './gateways.ts';
import { EVENTS, SIZES } from './sizes.ts';

const TREE = OUR_TREE.replace('healthStatus ', '');
const COLLECT = ['--expose-gc', '--max-semi-space-size=16'];
/** Time for garbage to be collected. */
const REST_MS = 3_000;
const BATCH = 500;

async function untilTaken(stub: RemoteStub): Promise<void> {
  while ((await stub.waitingMessages()) > 0) await rest(10);
  await rest(200);
}

/** CPU of a gateway for events that arrive by the queue, in microseconds an event. */
async function cpuOfEvents(gateway: Gateway, stub: RemoteStub, events: number): Promise<number> {
  const cpu = await gateway.cpuMs();
  for (let sent = 0; sent < events; sent += BATCH) {
    await stub.change(Math.min(BATCH, events - sent));
    await untilTaken(stub);
  }
  return ((await gateway.cpuMs()) - cpu) * (1_000 / events);
}

/** Memory of an inventory beside the same gateway before it lists, and CPU of an event with its part of the queue. */
export async function memoryRows({ now }: Builds): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const { tasks, shape } of SIZES) {
    const stub = await forkStub(shape);
    await stub.begin({});
    const idle = await startOver(now, stub, { options: COLLECT });
    await rest(REST_MS);
    const { rssMb: idleMb } = await idle.memory();
    await idle.stop();
    const gateway = await startOver(now, stub, { hasInventory: true, env: { RATE_SHARE: '0' }, options: COLLECT });
    await untilWarm(gateway, stub, '{ __typename }');
    await rest(REST_MS);
    const { rssMb } = await gateway.memory();
    // The first events compile what applies them.
    await cpuOfEvents(gateway, stub, EVENTS / 4);
    const event = await cpuOfEvents(gateway, stub, EVENTS);
    await gateway.post(TREE);
    rows.push([
      tasks.toLocaleString('en'),
      round(idleMb),
      round(rssMb),
      round(rssMb - idleMb),
      `${round(((rssMb - idleMb) * 1e6) / tasks)}`,
      round(event, 1),
    ]);
    process.stderr.write(`${rows.at(-1)?.join(' | ')}\n`);
    await gateway.stop();
    stub.close();
  }
  const head = [
    'Tasks in the inventory',
    'RSS MB, idle',
    'RSS MB',
    'more',
    'bytes a task',
    'CPU us of an event by SQS',
  ];
  return table(head, rows);
}
