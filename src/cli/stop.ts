import type { CliHost } from './host.ts';

/** The exit code that shells expect of an interrupted process. */
const INTERRUPTED = 130;

/** Waits for the first request to stop and shuts down gracefully. A second request ends the process at once. */
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
