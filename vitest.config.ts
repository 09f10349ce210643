import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Packages that vitest does not transform load graphql's CommonJS entry; sources must get the same, or there are two.
  resolve: {
    alias: [{ find: /^graphql$/, replacement: new URL('./node_modules/graphql/index.js', import.meta.url).pathname }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    maxWorkers: 2,
  },
});
