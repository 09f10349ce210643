#!/usr/bin/env bash
# waitUntilServicesInactive of several services returns SUCCESS as soon as one of them is INACTIVE.
#
# Versions:  @aws-sdk/client-ecs 3.1162.0, Node 20.19 or later.
# Expected:  the waiter for services a and b succeeds when both are INACTIVE, as waitUntilServicesStable and waitUntilTasksStopped
#            wait for every item.
# Real:      the waiter's success acceptor is "any": with a INACTIVE and b ACTIVE with 3 running tasks it returns SUCCESS after one
#            call. A script that deletes services, waits, and then deletes the cluster fails with ClusterContainsServicesException.
#            `aws ecs wait services-inactive` is made from the same model.
# Seen:      state SUCCESS after 1 call(s)
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @aws-sdk/client-ecs@3.1162.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { createServer } from 'node:http';
import { ECSClient, waitUntilServicesInactive } from '@aws-sdk/client-ecs';
const services = [
  { serviceName: 'a', status: 'INACTIVE', desiredCount: 0, runningCount: 0, deployments: [] },
  { serviceName: 'b', status: 'ACTIVE', desiredCount: 3, runningCount: 3, deployments: [{ status: 'PRIMARY' }] },
];
let calls = 0;
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    calls += 1;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ services, failures: [] }));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const client = new ECSClient({
  region: 'us-east-1',
  endpoint: `http://127.0.0.1:${server.address().port}`,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
});
const options = { client, minDelay: 1, maxDelay: 1, maxWaitTime: 5 };
const state = await waitUntilServicesInactive(options, { services: ['a', 'b'] }).then((result) => result.state, (error) => error.name);
console.log(`state ${state} after ${calls} call(s)`);
client.destroy();
server.close();
process.exitCode = state === 'SUCCESS' && calls === 1 ? 0 : 1;
JS
node --no-warnings run.mjs
