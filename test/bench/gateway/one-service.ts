import { spawn } from 'node:child_process';
import { rest } from '../harness/builds.ts';
import { freePort } from './start.ts';

/** A subscription to what happens in that service; both versions accept it. */
export const FOLLOW_SERVICE = `subscription { serviceEvents(cluster: "bench", service: "web") { type summary cursor events { message } } }`;

/** The sandbox of a build with one service, for gateways of several builds. */
export async function startService(file: string) {
  const port = await freePort();
  const args = [file, 'ecs', '--ecs-port', `${port}`, '--seed', 'empty', '--speed', '100'];
  const child = spawn(process.execPath, args, {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1' },
  });
  const url = `http://127.0.0.1:${port}`;
  const call = async (operation: string, input: object) => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=bench/20260101/eu-west-1/ecs/aws4_request';
    const target = `AmazonEC2ContainerServiceV20141113.${operation}`;
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target, authorization };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) });
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
  };
  for (const end = performance.now() + 30_000; ; await rest(20)) {
    const served = await call('CreateCluster', { clusterName: 'bench' }).then(
      () => true,
      () => false,
    );
    if (served) break;
    if (performance.now() > end) throw new Error('The sandbox does not serve');
  }
  const containerDefinitions = [{ name: 'app', image: 'web', memory: 512 }];
  const size = { cpu: '256', memory: '512', networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'] };
  await call('RegisterTaskDefinition', { family: 'web', containerDefinitions, ...size });
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60001'] } };
  const service = { cluster: 'bench', serviceName: 'web', taskDefinition: 'web', desiredCount: 1 };
  await call('CreateService', { ...service, launchType: 'FARGATE', networkConfiguration });
  return { url, call, stop: () => child.kill('SIGKILL') };
}
