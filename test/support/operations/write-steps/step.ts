import type { WriteOperation } from '../../../../src/ecs/outcomes/check.ts';

/** ARNs of what earlier steps have made, by names of ours. */
export type Made = Readonly<Record<string, string>>;

/** One write, and what comes of it. */
export interface WriteStep {
  readonly operation: WriteOperation;
  readonly input: (made: Made) => object;
  /** Of the payload. */
  readonly selection: string;
  readonly expected: (made: Made) => object;
  /** Results that later steps need: our names, and their places in the payload. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Number of calls when the first answer is lost: more than one if a repeat is safe. */
  readonly calls?: number;
  /** How much time the world needs afterwards. */
  readonly minutes?: number;
}

type Value = object | ((made: Made) => object);
const toFunction = (value: Value) => (typeof value === 'function' ? (value as (made: Made) => object) : () => value);

export const step = (
  operation: WriteOperation,
  input: Value,
  selection: string,
  expected: Value,
  more: Pick<WriteStep, 'keep' | 'calls' | 'minutes'> = {},
): WriteStep => ({ operation, input: toFunction(input), selection, expected: toFunction(expected), ...more });

export const ROLE = 'arn:aws:iam::123456789012:role/x';
export const container = {
  name: 'main',
  image: 'web:1',
  memory: 128,
  portMappings: [{ containerPort: 80, name: 'http' }],
};
export const fargate = { cpu: '256', memory: '512', networkMode: 'AWSVPC', requiresCompatibilities: ['FARGATE'] };
export const network = { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } };
export const cluster = 'main';
export const onFargate = { cluster, launchType: 'FARGATE', networkConfiguration: network };

export const FAILURES = 'failures { reason }';
