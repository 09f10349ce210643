import { cbor } from '@smithy/core/cbor';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const TARGET = 'AmazonEC2ContainerServiceV20141113.';

function port(containerPort: number): string {
  const container = { name: 'a', image: 'a', memory: 4, portMappings: [{ containerPort }] };
  return JSON.stringify({ family: 'a', containerDefinitions: [container] });
}

function post(s: SandboxUnderTest, operation: string, body: string, headers: Record<string, string> = {}) {
  return fetch(s.sandbox.url, { method: 'POST', headers: { 'x-amz-target': TARGET + operation, ...headers }, body });
}

describe('the wire', () => {
  it('answers with a request id and with virtual time as its date', async () => {
    await using s = await withSandbox();
    const response = await post(s, 'ListClusters', '{}');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('date')).toBe('Sun, 01 Mar 2026 12:00:00 GMT');
  });

  it.each([
    ['garbage', 'ListClusters', '{', 'SerializationException'],
    ['a list for a body', 'ListClusters', '[]', 'SerializationException'],
    ['a number for a string', 'DescribeTasks', '{"tasks":["a"],"cluster":3}', 'SerializationException'],
    ['a string for a number', 'ListClusters', '{"maxResults":"3"}', 'SerializationException'],
    ['a string for a list', 'DescribeTasks', '{"tasks":"a"}', 'SerializationException'],
    ['a missing member', 'DescribeTasks', '{}', 'InvalidParameterException'],
    ['a missing member of a member', 'TagResource', '{"resourceArn":"a"}', 'InvalidParameterException'],
    ['an unknown enum value', 'ListTasks', '{"launchType":"MOON"}', 'InvalidParameterException'],
    ['a fraction for a whole number', 'ListClusters', '{"maxResults":1.5}', 'SerializationException'],
    ['a number beyond 32 bits', 'CreateService', '{"serviceName":"a","desiredCount":1e12}', 'SerializationException'],
    ['a port that is none', 'RegisterTaskDefinition', port(70_000), 'InvalidParameterException'],
    ['CBOR', 'ListClusters', '\u00bf\u00ff', 'SerializationException'],
    ['an unknown operation', 'ListNothing', '{}', 'UnknownOperationException'],
  ])('refuses %s', async (_name, operation, body, code) => {
    await using s = await withSandbox();
    const response = await post(s, operation, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe(code);
    expect(await response.json()).toMatchObject({ __type: code, message: expect.any(String) });
  });

  it('says what ECS speaks, to each in its own protocol', async () => {
    await using s = await withSandbox();
    const browser = await fetch(s.sandbox.url);
    expect(await browser.json()).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('x-amz-target'),
    });
    const path = `${s.sandbox.url}/service/AmazonEC2ContainerServiceV20141113/operation/ListClusters`;
    const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
    const inCbor = await fetch(path, { method: 'POST', headers, body: new Uint8Array([0xbf, 0xff]) });
    expect(cbor.deserialize(new Uint8Array(await inCbor.arrayBuffer()))).toMatchObject({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('x-amz-target'),
    });
    const query = new URLSearchParams({ Action: 'ListClusters', Version: '2014-11-13' });
    const inXml = await fetch(s.sandbox.url, { method: 'POST', body: query });
    expect(await inXml.text()).toMatch(
      /<Code>InvalidAction<\/Code><Message>ECS is called with POST, the header x-amz-target/,
    );
    expect([browser.status, inCbor.status, inXml.status]).toEqual([400, 400, 400]);
  });

  it('refuses a body that is too large, and answers the next call on the same connection or another', async () => {
    await using s = await withSandbox();
    const large = await post(s, 'ListClusters', `{"nextToken":"${'a'.repeat(5 * 1024 * 1024)}"}`);
    expect(large.status).toBe(413);
    expect((await post(s, 'ListClusters', '{}')).status).toBe(200);
  });

  it('takes null for absent and ignores members that AWS does not know', async () => {
    await using s = await withSandbox();
    expect((await post(s, 'ListClusters', '{"maxResults":null,"colour":"red"}')).status).toBe(200);
  });

  it('reads the Region out of the signature', async () => {
    await using s = await withSandbox();
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKIA/20260301/sa-east-1/ecs/aws4_request, SignedHeaders=host';
    const response = await post(s, 'CreateCluster', '{}', { authorization });
    expect(await response.json()).toMatchObject({
      cluster: { clusterArn: 'arn:aws:ecs:sa-east-1:123456789012:cluster/default' },
    });
  });

  it('reports that its port is taken', async () => {
    await using s = await withSandbox();
    const port = Number(new URL(s.sandbox.url).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('the control over HTTP', () => {
  const control = async (s: SandboxUnderTest, path: string, method = 'POST'): Promise<unknown> =>
    (await fetch(`${s.sandbox.url}/_sandbox${path}`, { method })).json();

  it('moves time', async () => {
    await using s = await withSandbox();
    expect(await control(s, '/clock/advance?ms=90000')).toMatchObject({
      now: '2026-03-01T12:01:30.000Z',
      paused: true,
    });
    expect(await control(s, '/clock/next')).toMatchObject({ ran: false });
    expect(await control(s, '/clock/resume?speed=50')).toMatchObject({ speed: 50, paused: false });
    expect(await control(s, '/clock/pause')).toMatchObject({ speed: 0 });
    expect(await control(s, '/clock/advance?ms=-1')).toMatchObject({ error: 'ms must be a number, 0 or more' });
  });

  it.each([
    ['/reset?sed=demo', 'sed is not a parameter of this; there are seed, randomSeed, start'],
    ['/clock/resume?sped=3', 'sped is not a parameter of this; there are speed'],
    ['/clock/pause?ms=3', 'ms is not a parameter of this; there are none'],
    ['/accidents?accident=health-unknown&service=web&second=3', expect.stringMatching(/^second is not a parameter/)],
    ['/accidents?accident=zone-lost&zone=mars', 'mars is no zone of us-east-1; one would be us-east-1a'],
    ['/accidents?accident=zone-lost&zone=eu-west-1b&region=us-east-1', expect.stringMatching(/no zone of us-east-1/)],
  ])('refuses what would have no effect: %s', async (path, error) => {
    await using s = await withSandbox();
    expect(await control(s, path)).toEqual({ error });
  });

  it('counts calls and starts anew', async () => {
    await using s = await withSandbox();
    await post(s, 'CreateCluster', '{}');
    expect(await control(s, '/calls', 'GET')).toEqual({ CreateCluster: 1 });
    expect(await control(s, '/reset')).toMatchObject({ seed: 'empty' });
    expect(await control(s, '/calls', 'GET')).toEqual({});
    expect(await (await post(s, 'ListClusters', '{}')).json()).toEqual({ clusterArns: [] });
    expect(await control(s, '/nowhere')).toMatchObject({ error: 'No POST /_sandbox/nowhere here' });
  });
});
