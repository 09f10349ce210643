import { DescribeTasksCommand, ECSClient } from '@aws-sdk/client-ecs';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/transport';
import { SignatureV4 } from '@smithy/signature-v4';
import { pino } from 'pino';
import { Pool } from 'undici';
import type { createClientPair } from '../../../src/ecs/sdk/client.ts';
import { measure } from '../harness/measure.ts';

/** Parameters of the process: the stub, and bundles with the clients of several versions by name. */
export interface DecodeRequest {
  readonly url: string;
  readonly clients: Readonly<Record<string, string>>;
  readonly concurrency: number;
  readonly rounds: number;
}

/** CPU ms of one call, by the name of who made it and by round. */
export type DecodeResult = Readonly<Record<string, readonly number[]>>;

const FLOOR = 'signed undici + JSON.parse';
const CALLS = 80;
const WARM_UP_ROUNDS = 2;

type Peers = Record<string, () => Promise<unknown>>;

async function createPeers({ url, clients }: DecodeRequest): Promise<Peers> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const region = 'eu-west-1';
  const tasks = Array.from({ length: 100 }, (_, index) => `s0000t${String(index).padStart(4, '0')}`);
  const input = { cluster: 'c0000', tasks };
  const pool = new Pool(url, { connections: 50 });
  const signer = new SignatureV4({ service: 'ecs', region, credentials, sha256: Sha256 });
  const raw = async () => {
    const { hostname, port } = new URL(url);
    const request = new HttpRequest({
      protocol: 'http:',
      hostname,
      port: Number(port),
      method: 'POST',
      path: '/',
      headers: {
        host: `${hostname}:${port}`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeTasks',
      },
      body: JSON.stringify(input),
    });
    const { headers } = await signer.sign(request);
    const { body } = await pool.request({ method: 'POST', path: '/', headers, body: request.body as string });
    return JSON.parse(await body.text()) as unknown;
  };
  const peers: Peers = { [FLOOR]: raw };
  const settings = { attemptTimeoutMs: 5_000, connectTimeoutMs: 1_000, maxAttempts: 3 };
  for (const [name, file] of Object.entries(clients)) {
    const { createClientPair: create } = (await import(file)) as { createClientPair: typeof createClientPair };
    const pair = create({ region, endpoint: url, credentials, ...settings }, pino({ level: 'silent' }));
    peers[name] = () => pair.repeatable.send(new DescribeTasksCommand(input));
  }
  const stock = new ECSClient({ region, endpoint: url, credentials });
  peers['the SDK as it comes'] = () => stock.send(new DescribeTasksCommand(input));
  return peers;
}

/** In turns that begin with another one each round: what one leaves to the garbage collector falls to the next. */
async function measureAll(peers: Peers, { concurrency, rounds }: DecodeRequest): Promise<DecodeResult> {
  const found: Record<string, number[]> = {};
  const names = Object.keys(peers);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const first = (round + WARM_UP_ROUNDS) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const call = peers[name] ?? (() => Promise.resolve());
      const { cpuMs } = await measure(async () => {
        for (let done = 0; done < CALLS; done += concurrency)
          await Promise.all(Array.from({ length: concurrency }, call));
      });
      if (round >= 0) found[name] = [...(found[name] ?? []), cpuMs / CALLS];
    }
  }
  return Object.fromEntries(names.map((name) => [name, found[name] ?? []]));
}

const request = JSON.parse(process.argv[2] ?? '{}') as DecodeRequest;
const peers = await createPeers(request);
process.on('disconnect', () => process.exit(0));
process.on('message', async () => process.send?.(await measureAll(peers, request)));
process.send?.({ isReady: true });
