#!/usr/bin/env bash
# OpenTelemetry's ECS detector finds nothing at all for a task in China or GovCloud, not even that the process runs on AWS.
#
# Versions:  @opentelemetry/resource-detector-aws 3.0.0, @opentelemetry/resources 3.1.1, Node 24 (it runs on Node 20.19 too).
# Expected:  the same attributes in every partition: ECS runs in Beijing and GovCloud too, where ARNs begin with arn:aws-cn: and
#            arn:aws-us-gov: (AWS General Reference, ARN format). The README lists the attributes without such a condition.
# Real:      a regular expression with "arn:aws:ecs:" in it reads account and region. It does not match, the error is swallowed, and every
#            attribute is dropped with these two: cloud.provider, cloud.platform, container.name, and the ARNs, the family and the revision
#            that the metadata had. The error is not reported: the log says "found resource", then warns that each attribute is invalid.
# Seen:      aws: 13 attributes, cloud.region eu-west-1 | aws-cn: 0 attributes | aws-us-gov: 0 attributes | errors reported: 0
#            (container.id depends on the machine and is not counted)
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund @opentelemetry/resource-detector-aws@3.0.0 @opentelemetry/resources@3.1.1 @opentelemetry/api@1.10.0 >/dev/null 2>&1
cat > run.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { awsEcsDetector } from '@opentelemetry/resource-detector-aws';
import { detectResources } from '@opentelemetry/resources';

let errors = 0;
const quiet = () => {};
diag.setLogger({ error: () => { errors += 1; }, warn: quiet, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.ALL);
const regions = { aws: 'eu-west-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };
// The members of the task metadata endpoint, version 4, as its documentation shows them.
const metadata = (partition, isTask) => {
  const arn = `arn:${partition}:ecs:${regions[partition]}:111122223333`;
  return isTask
    ? { Cluster: 'default', TaskARN: `${arn}:task/default/158d1c8083dd49d6b527399fd6414f5c`, Family: 'curltest', Revision: '5', LaunchType: 'FARGATE', AvailabilityZone: `${regions[partition]}a` }
    : { Name: 'curl', DockerName: 'curl', ContainerARN: `${arn}:container/default/158d1c8083dd49d6b527399fd6414f5c/05966557-f16c-49cb-9352-24b3a0dcd0e1`, LogDriver: 'json-file' };
};
const server = createServer(({ url }, response) => {
  const [, partition, task] = url.split('/');
  response.end(JSON.stringify(metadata(partition, task !== undefined)));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const seen = [];
for (const partition of Object.keys(regions)) {
  process.env.ECS_CONTAINER_METADATA_URI_V4 = `http://127.0.0.1:${server.address().port}/${partition}`;
  const resource = detectResources({ detectors: [awsEcsDetector] });
  await resource.waitForAsyncAttributes();
  const names = Object.keys(resource.attributes).filter((name) => resource.attributes[name] !== undefined && name !== 'container.id');
  const region = resource.attributes['cloud.region'];
  seen.push(`${partition}: ${names.length} attributes${region === undefined ? '' : `, cloud.region ${region}`}`);
}
console.log([...seen, `errors reported: ${errors}`].join(' | '));
server.close();
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = 'aws: 13 attributes, cloud.region eu-west-1 | aws-cn: 0 attributes | aws-us-gov: 0 attributes | errors reported: 0' ]
