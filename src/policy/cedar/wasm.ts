import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as cedar from '@cedar-policy/cedar-wasm/web';

let isReady = false;

/** Cedar, compiled once in the process. It takes some 200 ms and 45 MB, so only gateways with policies load this file. */
export function loadCedar(): typeof cedar {
  if (!isReady) {
    cedar.initSync({ module: readFileSync(wasmFile()) });
    isReady = true;
  }
  return cedar;
}

/** Beside or above the bundled chunk, else in the package. */
function wasmFile(): URL | string {
  const bundled = ['./cedar.wasm', '../cedar.wasm'].map((path) => new URL(path, import.meta.url));
  const found = bundled.find((url) => existsSync(url));
  if (found !== undefined) return found;
  // The one entry that `require` may resolve; the file of the entry that we import lies in the next folder.
  const entry = createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs');
  return entry.replace(/nodejs.cedar_wasm\.js$/, 'web/cedar_wasm_bg.wasm');
}
