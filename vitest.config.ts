import { defineConfig } from 'vitest/config';
import { FileOrder } from './test/support/run/file-order.ts';

export default defineConfig({
  // Packages that vitest does not transform load graphql's CommonJS entry; sources must get the same, or there are two.
  resolve: {
    alias: [{ find: /^graphql$/, replacement: new URL('./node_modules/graphql/index.js', import.meta.url).pathname }],
  },
  test: {
    include: ['test/**/*.test.ts', '*.tmp.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Modules keep no state of their own, so test files may share them: most of the time went into loading them again.
    isolate: false,
    // Two more than cores: a file that waits leaves its core to others.
    maxWorkers: 4,
    globalSetup: ['test/support/run/run-folder.ts'],
    sequence: { sequencer: FileOrder },
    // A test leaves much behind at once. A larger young generation has it collected less often.
    execArgv: ['--max-semi-space-size=64'],
    // Node finds the names that CommonJS exports. Vitest would look for them again whenever one is used, through a proxy.
    deps: { interopDefault: false },
  },
});
