import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';

/** The role of a process of the bench: the sandbox, or a gateway in front of it. */
export type LiveRole =
  | { readonly role: 'sandbox' }
  | { readonly role: 'gateway'; readonly ecs: string; readonly settings?: Readonly<Record<string, string>> };

export interface LiveUsage {
  readonly rss: number;
  readonly heap: number;
  readonly cpuMs: number;
}

async function start(given: LiveRole): Promise<{ readonly url: string; end(): Promise<void> }> {
  if (given.role === 'sandbox') {
    const { url, close } = await startSandbox({ speed: 0 });
    return { url, end: close };
  }
  const config = loadConfig('serve', [], {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: given.ecs,
    PORT: '0',
    WS_MAX_SOCKETS: '20000',
    WS_MAX_CALLER_SOCKETS: '20000',
    WS_MAX_PENDING: '20000',
    MAX_CONNECTIONS: '50000',
    MAX_ADDRESS_CONNECTIONS: '50000',
    SSE_MAX_CALLER_STREAMS: '20000',
    SSE_MAX_STREAMS: '20000',
    ...given.settings,
  });
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const app = await createApp({ ...config, credentials }, { log: pino({ level: 'silent' }) });
  return { url: `${(await app.listen()).url}/graphql`, end: () => app.dispose() };
}

const { url, end } = await start(JSON.parse(process.argv[2] ?? '{}') as LiveRole);
process.on('message', async ({ collect, isLast }: { collect?: boolean; isLast?: boolean }) => {
  if (isLast === true) {
    await end();
    process.exit(0);
  }
  for (let round = 0; collect === true && round < 3; round += 1) {
    globalThis.gc?.();
    await delay(20);
  }
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heap: heapUsed, cpuMs: (user + system) / 1_000 } satisfies LiveUsage);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url });
