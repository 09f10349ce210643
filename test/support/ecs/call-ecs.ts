import type { OperationName } from '../../../src/ecs/core/operations.ts';
import type { World } from '../gateway/world.ts';

/** Calls ECS as another client does, past the gateway. */
export function pastGateway({ sandbox }: World) {
  return async (operation: OperationName, input: object): Promise<Record<string, unknown>> => {
    const response = await fetch(sandbox.url, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=sandbox/20260101/eu-west-1/ecs/aws4_request',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      },
      body: JSON.stringify(input),
    });
    const output = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${operation}: ${JSON.stringify(output)}`);
    return output;
  };
}
