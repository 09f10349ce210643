#!/usr/bin/env bash
# waitUntilTasksStopped of a task that ECS has forgotten polls until its time is over, although ECS answers MISSING at once.
#
# Versions:  @aws-sdk/client-ecs 3.1162.0, Node 20.19 or later.
# Expected:  ECS forgets a stopped task after about an hour and then answers DescribeTasks with `tasks: []` and a failure MISSING. A
#            waiter for its end would succeed or fail at the first such answer; waitUntilTasksRunning fails at once.
# Real:      the waiter has one acceptor, "all lastStatus are STOPPED", which an empty list never meets, and none for MISSING. It
#            polls to the end of maxWaitTime (10 minutes in `aws ecs wait tasks-stopped`, made from the same model) and then reports
#            a timeout, as if the task still ran.
# Seen:      stopped: TimeoutError after 4 to 6 calls; running: Error after 1 call(s)
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @aws-sdk/client-ecs@3.1162.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { createServer } from 'node:http';
import { ECSClient, waitUntilTasksRunning, waitUntilTasksStopped } from '@aws-sdk/client-ecs';
const arn = 'arn:aws:ecs:us-east-1:123456789012:task/default/0123456789abcdef0123456789abcdef';
let calls = 0;
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    calls += 1;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ tasks: [], failures: [{ arn, reason: 'MISSING' }] }));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const client = new ECSClient({
  region: 'us-east-1',
  endpoint: `http://127.0.0.1:${server.address().port}`,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
});
async function wait(waiter) {
  calls = 0;
  const options = { client, minDelay: 1, maxDelay: 1, maxWaitTime: 5 };
  const state = await waiter(options, { tasks: [arn] }).then((result) => result.state, (error) => error.name);
  return { state, calls };
}
const stopped = await wait(waitUntilTasksStopped);
const running = await wait(waitUntilTasksRunning);
console.log(`stopped: ${stopped.state} after ${stopped.calls} call(s); running: ${running.state} after ${running.calls} call(s)`);
client.destroy();
server.close();
process.exitCode = stopped.state === 'TimeoutError' && stopped.calls > 2 && running.calls === 1 ? 0 : 1;
JS
node --no-warnings run.mjs
