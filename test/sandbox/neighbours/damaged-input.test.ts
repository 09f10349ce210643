import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { EcsError } from '../../../src/sandbox/checks/ecs-errors.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import { policyAllows, policyProblem } from '../../../src/sandbox/checks/resource-policy.ts';
import { EVENT_BRIDGE } from '../../../src/sandbox/neighbours/events.ts';
import type { WaitingOperation } from '../../../src/sandbox/neighbours/neighbour.ts';
import { SQS } from '../../../src/sandbox/neighbours/sqs.ts';
import { STS } from '../../../src/sandbox/neighbours/sts.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';

const CALLER = { principalArn: 'arn:aws:iam::123456789012:user/me', accessKey: 'me' };
const URL = 'http://sandbox/123456789012/events';
const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:events';

/** Inputs of the operations, of which one member each is replaced by any value. */
const USUAL: Readonly<Record<string, unknown>> = {
  QueueName: 'events',
  QueueUrl: URL,
  Attributes: { VisibilityTimeout: '30' },
  AttributeNames: ['All'],
  MessageBody: '{}',
  MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } },
  Entries: [{ Id: 'a', MessageBody: 'x', ReceiptHandle: 'x', Source: 'me', DetailType: 'Test', Detail: '{}' }],
  ReceiptHandle: 'eA==',
  VisibilityTimeout: 0,
  Tags: { a: 'b' },
  TagKeys: ['a'],
  Name: 'rule',
  Rule: 'rule',
  EventPattern: '{"source":["me"]}',
  Event: '{}',
  Targets: [{ Id: 'queue', Arn: QUEUE, HttpParameters: { HeaderParameters: { a: 'b' } } }],
  Ids: ['queue'],
  TargetArn: QUEUE,
  AuthorizationType: 'API_KEY',
  AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'a', ApiKeyValue: 'b' } },
  ConnectionArn: 'none',
  InvocationEndpoint: 'http://127.0.0.1:1/',
  HttpMethod: 'POST',
};

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('__proto__', { __proto__: 1 }, '\ud800', -1, 1e99),
);

function withQueue(): Backend {
  const backend = new Backend(new Clock(Date.parse('2026-03-01T12:00:00Z'), 0), readContract(), 'empty', 1);
  call(backend, SQS.CreateQueue, USUAL);
  call(backend, EVENT_BRIDGE.PutRule, USUAL);
  call(backend, EVENT_BRIDGE.PutTargets, USUAL);
  return backend;
}

/** An answer or an error of AWS; any other error fails the test. */
function call(backend: Backend, operation: WaitingOperation | undefined, input: object): void {
  try {
    const world = backend.world('eu-west-1');
    void Promise.resolve(operation?.(world, input as Record<string, unknown>, CALLER)).catch((error: unknown) => {
      expect(error).toBeInstanceOf(EcsError);
    });
  } catch (error) {
    if (!(error instanceof EcsError) || error.status >= 500) throw error;
  }
}

describe('operations of other services', () => {
  it.each([
    ['SQS', SQS],
    ['EventBridge', EVENT_BRIDGE],
  ])('of %s answer any input, and the world goes on', (_, operations) => {
    const names = Object.keys(operations);
    expect(names.length).toBeGreaterThan(15);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...Object.keys(USUAL)), anything), {
          minLength: 8,
        }),
        (calls) => {
          const backend = withQueue();
          for (const [name, member, value] of calls) call(backend, operations[name], { ...USUAL, [member]: value });
          backend.clock.advance(600_000);
          expect(() => JSON.stringify(backend.exportWorlds())).not.toThrow();
          backend.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of STS answer any form', () => {
    const fields = ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId', 'Tags.member.1.Key', 'Policy'];
    const form = fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.string(), fc.constantFrom('900', 'a', '')));
    fc.assert(
      fc.property(form, (given) => {
        const backend = withQueue();
        const role = { RoleArn: 'arn:aws:iam::123456789012:role/a', RoleSessionName: 'me' };
        call(backend, STS.AssumeRole as unknown as WaitingOperation, { ...role, ...given });
        call(backend, STS.GetCallerIdentity as unknown as WaitingOperation, given);
        backend.close();
      }),
      { numRuns: 100 },
    );
  });

  it('of trust policies decide about any policy', () => {
    const part = fc.dictionary(
      fc.constantFrom('Effect', 'Principal', 'Action', 'Condition', 'Statement'),
      fc.oneof(anything, fc.constantFrom('Allow', '*')),
    );
    const request = { principals: ['123456789012'], action: 'sts:AssumeRole', context: {} };
    fc.assert(
      fc.property(fc.oneof(anything, fc.record({ Statement: fc.array(part) })), (policy) => {
        expect(typeof policyAllows(policy, request)).toBe('boolean');
        expect(['string', 'undefined']).toContain(typeof policyProblem(policy));
      }),
    );
  });
});
