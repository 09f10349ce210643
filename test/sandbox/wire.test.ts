import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { type SandboxUnderTest, withSandbox } from './support.ts';

const TARGET = 'AmazonEC2ContainerServiceV20141113.';

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
    ['an unknown operation', 'ListNothing', '{}', 'UnknownOperationException'],
  ])('refuses %s', async (_name, operation, body, code) => {
    await using s = await withSandbox();
    const response = await post(s, operation, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe(code);
    expect(await response.json()).toMatchObject({ __type: code, message: expect.any(String) });
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

  it('says so when its port is taken', async () => {
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

  it('counts calls and starts anew', async () => {
    await using s = await withSandbox();
    await post(s, 'CreateCluster', '{}');
    expect(await control(s, '/calls', 'GET')).toEqual({ CreateCluster: 1 });
    expect(await control(s, '/reset')).toEqual({ seed: 'empty' });
    expect(await control(s, '/calls', 'GET')).toEqual({});
    expect(await (await post(s, 'ListClusters', '{}')).json()).toEqual({ clusterArns: [] });
    expect(await control(s, '/nowhere')).toMatchObject({ error: 'No POST /_sandbox/nowhere here' });
  });
});
