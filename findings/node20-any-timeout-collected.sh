#!/usr/bin/env bash
# AbortSignal.any([signal, AbortSignal.timeout(ms)]) never aborts on Node 20 once garbage has been collected, although somebody listens.
#
# Versions:  Node 20.20.2 (the last of its line), from npm's package `node`; Node 24.21.0 for comparison.
# Expected:  a listener on the combined signal keeps its sources alive, as the DOM standard asks: after 300 ms it is called.
# Real:      the combined signal refers to its sources weakly, and nothing else refers to the timeout. The first collection takes the
#            timeout and its timer: no listener is ever called, even where the combined signal itself is held. The combined signal, which
#            has a listener, is never freed either. A server that gives each request such a deadline has no deadlines and leaks.
# Seen:      v20.20.2: called 0 of 50 times
#            v24.21.0: called 50 of 50 times
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > run.mjs <<'JS'
import { setTimeout as delay } from 'node:timers/promises';
const client = new AbortController();
const held = [];
let called = 0;
for (let index = 0; index < 50; index += 1) {
  const signal = AbortSignal.any([client.signal, AbortSignal.timeout(300)]);
  signal.addEventListener('abort', () => { called += 1; }, { once: true });
  held.push(signal);
}
await delay(10);
globalThis.gc();
await delay(1_000);
console.log(`${process.version}: called ${called} of ${held.length} times`);
JS
for version in 20.20.2 24.21.0; do
  mkdir "$version"
  (cd "$version" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund "node@$version" >/dev/null 2>&1)
  "$version/node_modules/node/bin/node" --expose-gc run.mjs | tee -a seen
done
grep -qx 'v20.20.2: called 0 of 50 times' seen && grep -qx 'v24.21.0: called 50 of 50 times' seen
