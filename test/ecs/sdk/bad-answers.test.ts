import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { LeapingTimers } from '../../support/time/leaping-timers.ts';

const MOST_BYTES = 2_000;
const LOOK_UP = '{ cluster(cluster: "c") { status } }';
const LIST = '{ taskDefinitionFamilies { nodes { family } } }';
const WRITE = 'mutation { updateService(input: { cluster: "c", service: "s", desiredCount: 1 }) { service { id } } }';
const PAGE = '<!doctype html><html><body>Please log in.</body></html>';

type Respond = (response: ServerResponse) => void;
const body =
  (text: string, status = 200): Respond =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
const page =
  (status: number): Respond =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end(PAGE);
const exception = (type: string, message: string) => body(JSON.stringify({ __type: type, message }), 400);

let respond: Respond = body('{}');
let calls: string[] = [];
let world: World;
/** One that waits as long as a busy machine takes. */
let patient: World;
const server = createServer((request, response) => {
  calls.push(String(request.headers['x-amz-target']).split('.')[1] ?? '');
  respond(response);
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, MAX_UPSTREAM_ANSWER: `${MOST_BYTES}B` };
  const start = (more: Record<string, string>) =>
    createWorld({ seed: 'empty' }, { ...settings, ...more }, { timers: new LeapingTimers() });
  [world, patient] = await Promise.all([start({ ATTEMPT_TIMEOUT: '250ms' }), start({})]);
});
beforeEach(() => {
  calls = [];
});
afterAll(async () => {
  await Promise.all([world.dispose(), patient.dispose()]);
  server.closeAllConnections();
  server.close();
});

/** The message of the only error of an operation. */
async function failure(query: string, answer: Respond, by = patient) {
  respond = answer;
  const { errors = [] } = await by.query(query);
  expect(errors).toHaveLength(1);
  const { code, retryable } = errors[0]?.extensions ?? {};
  // The SDK advises its users to look at objects that callers do not have.
  expect(errors[0]?.message).not.toMatch(/hidden field|\$response|\n/);
  return { code, retryable, message: errors[0]?.message };
}

describe('an answer that does not come from ECS', () => {
  it.each([
    ['an empty object', body('{}')],
    ['a list', body('[]')],
    ['null', body('null')],
    ['a text', body('"text"')],
    ['a number', body('5')],
    ['nothing', body('')],
    ['nothing, with status 204', (response: ServerResponse) => response.writeHead(204).end()],
    ['half an answer', body('{"clusters": [')],
    ['a page', page(200)],
    ['members that the operation does not have', body('{"hello":"world"}')],
    ['nulls', body('{"clusters":null,"families":null,"service":null}')],
    ['an object in place of a list', body('{"clusters":{"a":1},"families":{"a":1},"service":[]}')],
    ['texts in place of objects', body('{"clusters":["x"],"families":[{}],"service":"x"}')],
    ['a list with nulls', body('{"clusters":[null],"families":[null],"service":5}')],
    ['values of other types', body('{"clusters":[{"status":5}],"families":[true],"service":{"desiredCount":"three"}}')],
    ['a date that is none', body('{"clusters":[{"clusterArn":[]}],"families":"a","service":{"createdAt":"today"}}')],
  ])('%s is neither an absence nor a success', async (_name, answer) => {
    for (const query of [LOOK_UP, LIST]) {
      expect(await failure(query, answer)).toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE', retryable: true });
    }
    calls = [];
    expect(await failure(WRITE, answer)).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
    expect(calls.filter((operation) => operation === 'UpdateService')).toHaveLength(1);
  });

  it('is right where the operation has nothing to say', async () => {
    const arn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/c';
    respond = body('{}');
    const tag = `mutation { tagResource(input: { resourceArn: "${arn}", tags: [] }) { __typename } }`;
    expect((await patient.query(tag)).errors).toBeUndefined();
    expect(await failure(tag, body(''))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

it('members that are decoded only when they are read can be wrong too', async () => {
  const taskArn = 'arn:aws:ecs:eu-west-1:123456789012:task/c/0123456789abcdef0123456789abcdef';
  const answer = body(JSON.stringify({ tasks: [{ taskArn, lastStatus: 'RUNNING', containers: [{ name: 5 }] }] }));
  respond = answer;
  const first = `a: task(cluster: "c", task: "${taskArn}") { lastStatus }`;
  expect(await patient.query(`{ ${first} }`)).toMatchObject({ data: { a: { lastStatus: 'RUNNING' } } });
  const both = `{ ${first} b: task(cluster: "c", task: "${taskArn}") { containers { name } } }`;
  const { errors = [] } = await patient.query(both);
  expect(errors.length).toBeGreaterThan(0);
  for (const { extensions } of errors) expect(extensions.code).toBe('UPSTREAM_INVALID_RESPONSE');
});

describe('an error that does not come from ECS', () => {
  it.each([
    // A passing failure may be retried; an emulator that lacks an operation lacks it the next time.
    ['a page of a proxy (502)', page(502), 'UPSTREAM_UNAVAILABLE', true],
    ['a page of a proxy (503)', page(503), 'UPSTREAM_UNAVAILABLE', true],
    ["a web framework's page (500)", page(500), 'UPSTREAM_INVALID_RESPONSE', false],
    ['an operation that is not there (501)', body('{"__type":"InternalFailure"}', 501), 'UNSUPPORTED_FEATURE', false],
    ['another such', exception('UnknownOperationException', 'no such thing'), 'UNSUPPORTED_FEATURE', false],
    ['a redirection', page(302), 'UPSTREAM_INVALID_RESPONSE', true],
    ['a page of a firewall (403)', page(403), 'UPSTREAM_INVALID_RESPONSE', true],
  ])('%s', async (_name, answer, code, retryable) => {
    expect(await failure(LOOK_UP, answer)).toMatchObject({ code, retryable });
  });

  it.each([
    [
      'a redirection',
      302,
      'UPSTREAM_INVALID_RESPONSE',
      /^ECS sent an answer that cannot be read: .* \(HTTP status 302\)$/,
    ],
    ['a refusal', 403, 'UPSTREAM_INVALID_RESPONSE', /^ECS sent an answer that cannot be read: .* \(HTTP status 403\)$/],
    ['an operation that is not there', 501, 'UNSUPPORTED_FEATURE', /^ECS, or what answers in its place, has no /],
    ['an outage', 503, 'UPSTREAM_UNAVAILABLE', /^ECS could not be reached or failed: /],
  ])('%s without a word is named by its status', async (_name, status, code, message) => {
    for (const answer of [body('', status), body('{}', status), page(status)]) {
      expect(await failure(LOOK_UP, answer)).toMatchObject({ code, message: expect.stringMatching(message) });
    }
    respond = body('', status);
    const { errors } = await patient.query(LOOK_UP);
    expect(errors?.[0]?.extensions).not.toHaveProperty('awsCode');
  });

  it('without a message is named by its exception', async () => {
    for (const message of ['', undefined]) {
      const answer = body(JSON.stringify({ __type: 'ClientException', message }), 400);
      const expected = { code: 'INVALID_PARAMETER', message: 'ECS refused DescribeClusters with ClientException' };
      expect(await failure(LOOK_UP, answer)).toMatchObject(expected);
    }
  });

  it('never shows the name of an error of Node', async () => {
    respond = page(500);
    const { errors } = await patient.query(LOOK_UP);
    expect(errors?.[0]?.extensions).not.toHaveProperty('awsCode');
  });
});

it("an ARN of moto's capacity providers, whose type has an underscore, identifies one too", async () => {
  const capacityProviderArn = 'arn:aws:ecs:eu-west-1:123456789012:capacity_provider/own/8b0f2a56';
  respond = body(JSON.stringify({ capacityProviders: [{ capacityProviderArn, name: 'own', tags: [] }] }));
  const { data, errors } = await patient.query('{ capacityProviders { nodes { id name capacityProviderArn } } }');
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ capacityProviders: { nodes: [{ name: 'own', capacityProviderArn }] } });
});

describe('an exception that many mistakes share', () => {
  const QUERY = '{ taskDefinition(taskDefinition: "web:1") { status } }';
  it.each(['taskDefinition(taskDefinition: "web:1")', 'daemonTaskDefinition(daemonTaskDefinition: "web:1")'])(
    'says only by its text that %s does not exist',
    async (field) => {
      const query = `{ found: ${field} { status } }`;
      respond = exception('ClientException', 'Unable to describe task definition.');
      expect(await patient.query(query)).toMatchObject({ data: { found: null } });
      expect((await patient.query(query)).errors).toBeUndefined();
      for (const text of [
        'The account is suspended.',
        'Unable to describe',
        '',
        'No, task definition not found here',
      ]) {
        expect(await failure(query, exception('ClientException', text))).toMatchObject({ code: 'INVALID_PARAMETER' });
      }
    },
  );

  it('is no absence with another name', async () => {
    const answer = exception('InvalidParameterException', 'Identifier is for foreign, does not exist.');
    expect(await failure(QUERY, answer)).toMatchObject({ code: 'INVALID_PARAMETER' });
  });
});

describe('an answer without an end', () => {
  /** A byte now and then, while there is a reader. */
  const drip: Respond = (response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.write('{"clusters":[');
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };

  it('that drips ends each attempt in its time', async () => {
    expect(await failure(LOOK_UP, drip, world)).toMatchObject({ code: 'UPSTREAM_TIMEOUT', retryable: true });
    expect(calls).toEqual(['DescribeClusters', 'DescribeClusters', 'DescribeClusters']);
  });

  it('is an unknown outcome of a write', async () => {
    expect(await failure(WRITE, drip, world)).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
  });

  const cluster = { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/c', status: 'ACTIVE' };
  const text = (bytes: number) => {
    const whole = JSON.stringify({ clusters: [{ ...cluster, clusterName: 'c', filler: '' }] });
    return whole.replace('"filler":""', `"filler":"${'x'.repeat(bytes - whole.length)}"`);
  };

  it('that is as large as may be is read', async () => {
    respond = body(text(MOST_BYTES));
    expect((await patient.query(LOOK_UP)).data).toEqual({ cluster: { status: 'ACTIVE' } });
  });

  it.each([
    ['and says so', body(text(MOST_BYTES + 1))],
    [
      'and comes in pieces',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
        for (const part of text(MOST_BYTES + 1).match(/.{1,500}/g) ?? []) response.write(part);
        response.end();
      },
    ],
    ['and is an error', body(JSON.stringify({ __type: 'ClientException', message: 'x'.repeat(MOST_BYTES) }), 400)],
  ])('that is larger %s is read no further, and not asked for again', async (_name, answer) => {
    expect(await failure(LOOK_UP, answer)).toMatchObject({ code: 'UPSTREAM_RESPONSE_TOO_LARGE', retryable: false });
    expect(calls).toHaveLength(1);
    expect(await failure(WRITE, answer)).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false });
  });
});

describe('ARNs of IAM and STS', () => {
  const ROLE = 'arn:aws:sts::123456789012:assumed-role/gateway/session';
  it.each([
    ['AccessDeniedException', `User: ${ROLE} is not authorized to perform: ecs:DescribeClusters`],
    ['UnauthorizedOperation', `User: ${ROLE} is not authorized`],
    ['ClientException', `User: ${ROLE} may not pass arn:aws-cn:iam::123456789012:role/tasks.`],
    ['InvalidParameterException', `(${ROLE})`],
    ['SomethingOfTomorrow', `"${ROLE}", arn:aws:iam::123456789012:user/me`],
    ['ConflictException', ROLE.toUpperCase()],
  ])('reach no caller with %s', async (type, message) => {
    for (const query of [LOOK_UP, WRITE]) {
      respond = exception(type, message);
      const answer = JSON.stringify(await patient.query(query));
      expect(answer).toContain(type);
      expect(answer).not.toMatch(/assumed-role|role\/tasks|user\/me|:(?:sts|iam):/i);
    }
  });

  it('are cut out of the middle of what ECS says', async () => {
    const answer = exception('ClientException', `The role ${ROLE} cannot be assumed.`);
    expect((await failure(LOOK_UP, answer)).message).toBe('The role (an ARN of STS) cannot be assumed.');
  });
});
