import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { watchLookUps } from './look-up-cpu.ts';

/** A gateway with the default limits, unless it is given others, that reports its longest event-loop stall. */
const { endpoint, settings } = JSON.parse(process.argv[2] ?? '{}') as {
  endpoint: string;
  settings?: Record<string, string>;
};
const env = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: endpoint, PORT: '0', ...settings };
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const lookUps = watchLookUps();
const app = await createApp({ ...loadConfig('serve', [], env), credentials }, { log: pino({ level: 'silent' }) });
const { url } = await app.listen();
const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();

let [stallCpuMs, last] = [0, process.cpuUsage()];
const tick = () => {
  const { user, system } = process.cpuUsage(last);
  last = process.cpuUsage();
  stallCpuMs = Math.max(stallCpuMs, (user + system) / 1_000);
};
setInterval(tick, 2);

process.on('message', (request: 'begin' | 'end') => {
  const { rss } = process.memoryUsage();
  process.send?.({
    url,
    stallMs: loop.max / 1e6,
    stallCpuMs,
    rssMb: rss / 1e6,
    cpuMs: process.cpuUsage().user / 1_000,
    lookUpMs: lookUps(),
  });
  if (request !== 'begin') return;
  loop.reset();
  stallCpuMs = 0;
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
