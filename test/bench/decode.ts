import { DescribeTasksCommand, ECSClient } from '@aws-sdk/client-ecs';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/transport';
import { SignatureV4 } from '@smithy/signature-v4';
import { pino } from 'pino';
import { Pool } from 'undici';
import { createClientPair } from '../../src/ecs/sdk/client.ts';
import { forkStub, measure, median, round, table } from './measure.ts';

const ROUNDS = 9;
const CALLS = 40;
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const region = 'eu-west-1';

/** CPU of one DescribeTasks of 100, next to the floor: a signed request with undici, and JSON.parse. */
export async function decodeTable(): Promise<string> {
  const stub = await forkStub({ clusters: 1, services: 1, tasks: 100 });
  const tasks = Array.from({ length: 100 }, (_, index) => `s0000t${String(index).padStart(4, '0')}`);
  const input = { cluster: 'c0000', tasks };
  const pool = new Pool(stub.url, { connections: 50 });
  const signer = new SignatureV4({ service: 'ecs', region, credentials, sha256: Sha256 });
  const raw = async () => {
    const { hostname, port } = new URL(stub.url);
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
  const stock = new ECSClient({ region, endpoint: stub.url, credentials });
  const settings = { attemptTimeoutMs: 5_000, connectTimeoutMs: 1_000, maxAttempts: 3 };
  const lean = createClientPair({ region, endpoint: stub.url, credentials, ...settings }, pino({ level: 'silent' }));
  const peers: Readonly<Record<string, () => Promise<unknown>>> = {
    'signed undici + JSON.parse': raw,
    'ours: SDK with our decoder': () => lean.repeatable.send(new DescribeTasksCommand(input)),
    'the SDK as it comes': () => stock.send(new DescribeTasksCommand(input)),
  };
  const rows: (string | number)[][] = [];
  for (const concurrency of [1, 20]) {
    const cpu = new Map<string, number[]>();
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [name, call] of Object.entries(peers)) {
        const { cpuMs } = await measure(async () => {
          for (let done = 0; done < CALLS; done += concurrency)
            await Promise.all(Array.from({ length: concurrency }, call));
        });
        if (round > 0) cpu.set(name, [...(cpu.get(name) ?? []), cpuMs / CALLS]);
      }
    }
    const floor = cpu.get('signed undici + JSON.parse') ?? [];
    for (const [name, all] of cpu) {
      const ratio = median(all.map((value, index) => value / (floor[index] ?? value)));
      rows.push([name, concurrency, round(median(all), 2), `${round(ratio, 2)}x`]);
    }
  }
  await pool.close();
  stock.destroy();
  lean.destroy();
  stub.close();
  return table(['DescribeTasks of 100 (300 KB)', 'at a time', 'CPU ms', 'to the floor'], rows);
}
