import type { Sandbox } from '../../../src/sandbox/index.ts';

export interface JsonAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const TARGETS = { codedeploy: 'CodeDeploy_20141006', 'application-autoscaling': 'AnyScaleFrontendService' } as const;

/** The header that names a request's service, Region and access key; the signature is not checked. */
export function signed(service: string, accessKey = 'test', region = 'eu-west-1'): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKey}/20260301/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

/** A call in AWS JSON 1.1, as the SDKs make it. */
export async function callJson(
  sandbox: Sandbox,
  service: keyof typeof TARGETS,
  operation: string,
  input: object,
): Promise<JsonAnswer> {
  const response = await fetch(sandbox.url, {
    method: 'POST',
    headers: {
      authorization: signed(service),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${TARGETS[service]}.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
