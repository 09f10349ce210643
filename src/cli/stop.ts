import type { CliHost } from './host.ts';

/** What a shell expects of a process that was interrupted. */
const INTERRUPTED = 130;

/** Waits for the first request to stop and ends in order; a second one ends at once. */
export function untilStopped(host: Pick<CliHost, 'onStop'>, close: () => Promise<void>): Promise<number> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const off = host.onStop(() => {
      if (stopping) {
        off();
        resolve(INTERRUPTED);
        return;
      }
      stopping = true;
      close().then(() => resolve(0), reject);
    });
  });
}
