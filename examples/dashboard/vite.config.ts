import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const gateway = process.env.GATEWAY ?? 'http://127.0.0.1:4000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative, so that the pages work below any path of a proxy.
  base: './',
  build: { target: 'es2022', assetsDir: 'dashboard', modulePreload: { polyfill: false }, emptyOutDir: true },
  // `npm run dev` reads the graph of a gateway that runs beside it. The gateway refuses mutations and sockets of pages of another origin.
  server: {
    host: '127.0.0.1',
    proxy: {
      '/graphql': { target: gateway, ws: true, changeOrigin: true, headers: { origin: new URL(gateway).origin } },
    },
  },
});
