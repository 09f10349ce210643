import * as sdk from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { toEcsError } from '../../../src/ecs/core/errors.ts';
import { isErrorCode } from '../../../src/schema/core/error-codes.ts';

const aws = (name: string, message = 'words of AWS', httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'r-1' } });

describe('toEcsError', () => {
  it.each([
    [aws('ClusterNotFoundException'), 'NOT_FOUND', false],
    [aws('InvalidParameterException'), 'INVALID_PARAMETER', false],
    [aws('ThrottlingException', 'Rate exceeded'), 'UPSTREAM_THROTTLED', true],
    [aws('AccessDeniedException'), 'FORBIDDEN_UPSTREAM', false],
    [aws('ServerException', 'oops', 500), 'UPSTREAM_UNAVAILABLE', true],
    [aws('ClientException', 'TaskDefinition not found.'), 'NOT_FOUND', false],
    [aws('ClientException', 'Container.image should not be null.'), 'INVALID_PARAMETER', false],
    [aws('SomethingNew'), 'UPSTREAM_REJECTED', false],
    [Object.assign(aws('SomethingNew'), { $fault: 'client', $response: {} }), 'UPSTREAM_REJECTED', false],
    [
      Object.assign(new Error('?'), { $metadata: { httpStatusCode: 200 }, $response: {} }),
      'UPSTREAM_INVALID_RESPONSE',
      true,
    ],
    [aws('SomethingNew', 'oops', 503), 'UPSTREAM_UNAVAILABLE', true],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'UPSTREAM_UNAVAILABLE', true],
    [new DOMException('too late', 'TimeoutError'), 'UPSTREAM_TIMEOUT', true],
    [new SyntaxError('Unexpected end of JSON input'), 'UPSTREAM_INVALID_RESPONSE', true],
    ['not even an error', 'UPSTREAM_UNAVAILABLE', true],
  ])('reports %s as %s', (thrown, code, retryable) => {
    const error = toEcsError('DescribeTasks', thrown);
    expect(error).toMatchObject({ code, retryable, operation: 'DescribeTasks' });
    expect(isErrorCode(error.code)).toBe(true);
  });

  it('has a code of its own for every exception of the SDK', () => {
    const exceptions = Object.keys(sdk).filter((name) => name.endsWith('Exception') && name !== 'ECSServiceException');
    expect(exceptions.length).toBeGreaterThan(25);
    const unknown = exceptions.filter((name) => toEcsError('DescribeTasks', aws(name)).code === 'UPSTREAM_REJECTED');
    expect(unknown).toEqual([]);
  });

  it('keeps role and account ARNs to itself', () => {
    const text = 'User: arn:aws:sts::123456789012:assumed-role/secret-role is not authorized to perform: ecs:ListTasks';
    const error = toEcsError('ListTasks', aws('AccessDeniedException', text));
    expect(error.message).toBe("AWS does not allow the gateway's credentials to call ListTasks");
    expect(error).toMatchObject({ awsCode: 'AccessDeniedException', requestId: 'r-1' });
  });
});
