import { defineConfig } from 'vitest/config';

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
    maxWorkers: 2,
  },
});
