import { close, constants, open, openSync, write } from 'node:fs';
import { promisify } from 'node:util';

/** Where audit lines are written. A stub in tests. */
export interface AuditSink {
  /** Appends bytes. Resolves with how many were taken; rejects with the system's error. */
  write(bytes: Buffer): Promise<number>;
  /** Closes the file; the next write opens it again. */
  reopen(): void;
}

const STDOUT = 'stdout';
const STDOUT_FILE = 1;
/** A FIFO is opened without waiting for its reader, and a full one refuses bytes instead of blocking a thread. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
/** Others must not read who did what. */
const MODE = 0o600;

const openFile = promisify(open);
const writeFile = promisify(write);

/**
 * Opens a file that lines are appended to by the threads of libuv, so that a slow disk holds up no request.
 * @param target a path, or `stdout`
 * @throws {Error} if it cannot be opened
 */
export function openSink(target: string): AuditSink {
  if (target === STDOUT) {
    return {
      write: async (bytes) => (await writeFile(STDOUT_FILE, bytes)).bytesWritten,
      reopen: () => undefined,
    };
  }
  let file: number | undefined = openSync(target, FLAGS, MODE);
  let isBusy = false;
  let isStale = false;
  const drop = () => {
    if (file !== undefined) close(file);
    file = undefined;
    isStale = false;
  };
  return {
    async write(bytes) {
      isBusy = true;
      try {
        file ??= await openFile(target, FLAGS, MODE);
        return (await writeFile(file, bytes)).bytesWritten;
      } finally {
        isBusy = false;
        if (isStale) drop();
      }
    },
    // A number must not be closed while a thread writes to it: another file could get the same.
    reopen() {
      if (isBusy) isStale = true;
      else drop();
    },
  };
}
