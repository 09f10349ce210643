// Preloaded into a process (--import): its clocks and timers go BENCH_SPEED times as fast. Node's own time limits on sockets do not.
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';

const speed = Number(process.env.BENCH_SPEED ?? 1);
const [now, date] = [performance.now.bind(performance), Date.now];
const [startedAt, startDate] = [now(), date()];
performance.now = () => startedAt + (now() - startedAt) * speed;
Date.now = () => Math.round(startDate + (now() - startedAt) * speed);
for (const name of ['setTimeout', 'setInterval']) {
  const real = globalThis[name];
  globalThis[name] = (callback, ms = 0, ...rest) => real(callback, ms / speed, ...rest);
  timers[name] = globalThis[name];
}
const wait = timersPromises.setTimeout;
timersPromises.setTimeout = (ms, ...rest) => wait(ms / speed, ...rest);
syncBuiltinESMExports();
