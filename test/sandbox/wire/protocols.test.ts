import { cbor } from '@smithy/core/cbor';
import { describe, expect, it } from 'vitest';
import { signed } from '../support/aws-json.ts';
import { withSandbox } from '../support/start-sandbox.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

/** One request of each protocol to a service that the sandbox does not have, and where its error is. */
const REQUESTS = [
  {
    name: 'JSON 1.0',
    service: 'dynamodb',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' },
    body: '{}',
    type: 'application/x-amz-json-1.0',
    error: /^\{"__type":"UnknownOperationException","message":"The sandbox simulates .*: dynamodb ListTables\."\}$/,
  },
  {
    name: 'JSON 1.1',
    service: 'logs',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.DescribeLogGroups' },
    body: '{}',
    type: 'application/x-amz-json-1.1',
    error: /"message":"The sandbox simulates .*: logs DescribeLogGroups\."/,
  },
  {
    name: 'REST with JSON',
    service: 'lambda',
    path: '/2015-03-31/functions/',
    method: 'GET',
    type: 'application/json',
    error: /"message":"The sandbox simulates .*: lambda\."/,
  },
  {
    name: 'REST with XML',
    service: 'route53',
    path: '/2013-04-01/hostedzone',
    method: 'GET',
    type: 'text/xml',
    error:
      /<ErrorResponse><Error><Type>Sender<\/Type><Code>UnknownOperationException<\/Code><Message>.*<\/Message><\/Error><RequestId>/,
  },
  {
    name: 'S3',
    service: 's3',
    path: '/bucket/key',
    method: 'PUT',
    body: 'text',
    type: 'text/xml',
    error: /<Error><Code>UnknownOperationException<\/Code><Message>.*<\/Message><RequestId>/,
  },
  {
    name: 'Query',
    service: 'iam',
    headers: FORM,
    body: 'Action=GetRole&Version=2010-05-08&RoleName=x',
    type: 'text/xml',
    error: /<ErrorResponse><Error><Type>Sender<\/Type><Code>InvalidAction<\/Code><Message>.*: iam GetRole\.<\/Message>/,
  },
  {
    name: "SQS's former Query",
    service: 'sqs',
    headers: FORM,
    body: 'Action=ReceiveMessage&Version=2012-11-05',
    type: 'text/xml',
    error: /<Code>InvalidAction<\/Code><Message>The sandbox speaks JSON for SQS, .*: sqs ReceiveMessage\.<\/Message>/,
  },
  {
    name: "EC2's Query",
    service: 'ec2',
    headers: FORM,
    body: 'Action=DescribeInstances&Version=2016-11-15',
    type: 'text/xml',
    error: /<Response><Errors><Error><Code>InvalidAction<\/Code><Message>.*<\/Message><\/Error><\/Errors><RequestID>/,
  },
];

describe('a request to a service that is not simulated', () => {
  it.each(REQUESTS)(
    'in $name is refused in its own form',
    async ({ service, headers, path = '/', method = 'POST', body, type, error }) => {
      await using s = await withSandbox();
      const response = await fetch(s.sandbox.url + path, {
        method,
        headers: { ...headers, authorization: signed(service) },
        ...(body === undefined ? {} : { body }),
      });
      expect([response.status, response.headers.get('content-type')]).toEqual([400, type]);
      expect(await response.text()).toMatch(error);
      expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('in CBOR is refused in CBOR', async () => {
    await using s = await withSandbox();
    const response = await fetch(`${s.sandbox.url}/service/GraniteServiceVersion20100801/operation/ListMetrics`, {
      method: 'POST',
      headers: {
        'smithy-protocol': 'rpc-v2-cbor',
        'content-type': 'application/cbor',
        authorization: signed('monitoring'),
      },
      body: new Uint8Array(cbor.serialize({})),
    });
    expect([response.status, response.headers.get('content-type'), response.headers.get('smithy-protocol')]).toEqual([
      400,
      'application/cbor',
      'rpc-v2-cbor',
    ]);
    expect(cbor.deserialize(new Uint8Array(await response.arrayBuffer()))).toEqual({
      __type: 'UnknownOperationException',
      message: expect.stringContaining('monitoring ListMetrics'),
    });
  });
});
