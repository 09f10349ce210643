#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runCli } from './cli/index.ts';
import { environment } from './config/index.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** 128 plus the number of SIGPIPE. */
const BROKEN_PIPE = 141;

// The reader of our output has exited (`... | head -1`). A shell expects the exit code of a broken pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(BROKEN_PIPE);
});

runCli(process.argv.slice(2), {
  env: environment(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  onStop(listener) {
    for (const signal of STOP_SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of STOP_SIGNALS) process.off(signal, listener);
    };
  },
  onReload: (listener) => process.on('SIGHUP', listener),
  onUnhandled: (listener) => process.on('unhandledRejection', listener),
  // V8 lets the heap grow to more than twice of what lives in it before it collects, and then rests with the garbage.
  onInventory: () => setFlagsFromString('--heap-growing-percent=50'),
}).then(
  (code) => {
    process.exitCode = code;
    // Output to a pipe may still be in flight when the command ends. A stopped server has nothing else to wait for.
    process.stdout.write('', (error) => process.exit(error && code === 0 ? BROKEN_PIPE : code));
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
  },
);
