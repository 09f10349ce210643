import { fork } from 'node:child_process';
import { once } from 'node:events';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Builds, rest, startGateway } from '../harness/builds.ts';
import { quantile, round, table } from '../harness/measure.ts';
import { LiveAudience } from '../live/live-audience.ts';
import type { LiveRole } from '../live/live-process.ts';
import { DeployingWorld } from '../live/live-world.ts';
import { OPEN } from './gateways.ts';
import { SECONDS, SUBSCRIBERS } from './sizes.ts';

/** Fields that version 0.1.0 has too. */
const follow = (service: string) => `subscription {
  deploymentProgress(cluster: "bench", service: "${service}", timeout: "P1D") {
    type sequence cursor observedAt summary changes { field before after } progress { percent } } }`;
const SERVICES = 100;
const TASKS = 10;
/** Interval of changes in one of the services. */
const DISTURB_EVERY_MS = 200;
/** Time for the first listing of an inventory, and for the pace of polls to settle. */
const SETTLE_MS = 15_000;
const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

async function startSandbox(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const role: LiveRole = { role: 'sandbox' };
  const child = fork(new URL('../live/live-process.ts', import.meta.url), [JSON.stringify(role)]);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { url, stop: () => child.disconnect() };
}

/** A queue that gets the events of ECS, by a rule. */
async function createEventsQueue(url: string): Promise<string> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const sqs = new SQSClient({ endpoint: url, region: REGION, credentials });
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'events' }));
  sqs.destroy();
  const call = async (operation: string, input: object) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSEvents.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=bench/20260101/${REGION}/events/aws4_request`,
    };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) });
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
  };
  await call('PutRule', { Name: 'ecs', EventPattern: '{"source":["aws.ecs"]}' });
  const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:events`;
  await call('PutTargets', { Rule: 'ecs', Targets: [{ Id: 'queue', Arn }] });
  return QueueUrl;
}

interface Delays {
  readonly delays: readonly number[];
  readonly calls: number;
}

/** From service events to their subscribers, with a sandbox of its own that goes at real speed. */
async function delaysOf(file: string, hasInventory: boolean): Promise<Delays> {
  const sandbox = await startSandbox();
  const world = new DeployingWorld(sandbox.url, SERVICES);
  try {
    const queueUrl = hasInventory ? await createEventsQueue(sandbox.url) : undefined;
    await world.deploy(TASKS);
    const queue = queueUrl === undefined ? {} : { EVENTS_QUEUE: queueUrl };
    const gateway = await startGateway(file, { ...OPEN, AWS_ENDPOINT_URL_ECS: sandbox.url, ...queue });
    const audience = new LiveAudience(gateway.url, 'WebSocket', world.names.map(follow));
    await audience.join(SUBSCRIBERS);
    await rest(SETTLE_MS);
    audience.forget();
    const sum = (calls: Readonly<Record<string, number>>) => Object.values(calls).reduce((all, each) => all + each, 0);
    const before = sum(await world.calls());
    const disturbed: Promise<void>[] = [];
    let turn = 0;
    const disturbing = setInterval(() => {
      turn += 37;
      disturbed.push(world.disturb(world.names[turn % SERVICES] ?? ''));
    }, DISTURB_EVERY_MS);
    await rest(SECONDS * 1_000);
    clearInterval(disturbing);
    await Promise.all(disturbed);
    const calls = sum(await world.calls()) - before - 2 * disturbed.length;
    await rest(8_000);
    const eventAt = await world.learnEvents();
    audience.leave();
    await gateway.stop();
    const delays = audience.arrived.flatMap(({ id, at }) => {
      const happened = eventAt.get(id);
      return happened === undefined ? [] : [at - happened];
    });
    return { delays, calls };
  } finally {
    world.close();
    sandbox.stop();
  }
}

/** The delay from a change to 1,000 subscribers of 100 services that deploy, with five changes a second. */
export async function delayRows({ before, now }: Builds): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const [name, file, hasInventory] of [
    ['0.1.0', before, false],
    ['no inventory', now, false],
    ['inventory', now, true],
  ] as const) {
    const { delays, calls } = await delaysOf(file, hasInventory);
    rows.push([
      name,
      delays.length,
      round(quantile(delays, 0.5)),
      round(quantile(delays, 0.99)),
      round(calls / SECONDS, 1),
    ]);
    process.stderr.write(`${rows.at(-1)?.join(' | ')}\n`);
  }
  return table(['From a change to the subscriber', 'received', 'p50 ms', 'p99 ms', 'ECS and SQS calls a second'], rows);
}
