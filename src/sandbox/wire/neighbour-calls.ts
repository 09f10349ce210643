import type { IncomingHttpHeaders } from 'node:http';
import type { Backend } from '../backend/backend.ts';
import { EcsError } from '../checks/ecs-errors.ts';
import { AUTO_SCALING } from '../neighbours/auto-scaling.ts';
import { CODE_DEPLOY } from '../neighbours/codedeploy.ts';
import { EVENT_BRIDGE } from '../neighbours/events.ts';
import { fieldsOf } from '../neighbours/input.ts';
import type { WaitingOperation } from '../neighbours/neighbour.ts';
import { SQS } from '../neighbours/sqs.ts';
import { STS } from '../neighbours/sts.ts';
import { credentialsError, type Signed } from './credentials.ts';
import { errorIn, type ForeignRequest, type ProtocolAnswer, queryAnswer, readForeign } from './protocols.ts';
import { sqsError } from './sqs-errors.ts';
import { toEcsError } from './to-ecs-error.ts';

interface JsonService {
  readonly name: string;
  readonly operations: Readonly<Record<string, WaitingOperation>>;
  /** Whether its writes change something in ECS. */
  readonly changesEcs: boolean;
  /** Its errors in its own form, if that is not the usual one. */
  readonly errorIn?: (error: EcsError) => ProtocolAnswer;
}

/** The JSON services by the first part of `x-amz-target`. */
const BY_TARGET: Readonly<Record<string, JsonService>> = {
  CodeDeploy_20141006: { name: 'codedeploy', operations: CODE_DEPLOY, changesEcs: true },
  AnyScaleFrontendService: { name: 'application-autoscaling', operations: AUTO_SCALING, changesEcs: true },
  AmazonSQS: { name: 'sqs', operations: SQS, changesEcs: false, errorIn: sqsError },
  AWSEvents: { name: 'events', operations: EVENT_BRIDGE, changesEcs: false },
};
const JSON_1_0 = 'application/x-amz-json-1.0';
const STS_VERSION = '2011-06-15';
const STS_NAMESPACE = `https://sts.amazonaws.com/doc/${STS_VERSION}/`;

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly body: string;
  readonly id: string;
}

function unknown({ protocol, service, operation }: ForeignRequest): EcsError {
  const code = protocol === 'query' || protocol === 'ec2Query' ? 'InvalidAction' : 'UnknownOperationException';
  const name = [service, operation]
    .filter((part) => part !== '')
    .join(' ')
    .slice(0, 100);
  if (service === 'sqs' && protocol === 'query') {
    return new EcsError(
      code,
      `The sandbox speaks JSON for SQS, as SDKs and the AWS CLI do since November 2023: ${name}.`,
    );
  }
  const isEcs = service === '' || service === 'ecs';
  const message = isEcs
    ? `ECS is called with POST, the header x-amz-target and JSON (AWS JSON 1.1), not like this: ${name}.`
    : `The sandbox simulates Amazon ECS and some operations of STS, SQS, EventBridge, CodeDeploy and Application Auto Scaling, but not this one: ${name}.`;
  return new EcsError(code, message);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new EcsError('SerializationException', 'Unexpected token received from parser');
  }
}

function jsonService({ 'x-amz-target': target = '' }: IncomingHttpHeaders): JsonService | undefined {
  const [prefix = ''] = String(target).split('.');
  return Object.hasOwn(BY_TARGET, prefix) ? BY_TARGET[prefix] : undefined;
}

function isSts({ protocol, form }: ForeignRequest): boolean {
  return protocol === 'query' && form.Version === STS_VERSION;
}

/** Executes a call and returns its answer as an object; undefined if no service has the operation. */
function run(
  backend: Backend,
  foreign: ForeignRequest,
  { region, caller }: Signed,
  headers: IncomingHttpHeaders,
  body: string,
): object | Promise<object> | undefined {
  const { operation, form } = foreign;
  if (isSts(foreign) && Object.hasOwn(STS, operation)) {
    const sts = STS[operation];
    return backend.callNeighbour(region, caller, `sts:${operation}`, (world) => sts?.(world, form, caller), false);
  }
  const service = jsonService(headers);
  if (service === undefined || !Object.hasOwn(service.operations, operation)) return undefined;
  const input = fieldsOf(parse(body));
  return backend.callNeighbour(
    region,
    caller,
    `${service.name}:${operation}`,
    (world) => service.operations[operation]?.(world, input, caller),
    service.changesEcs,
  );
}

/** JSON is answered in the version of the request. */
function jsonHeaders({ 'content-type': type = '' }: IncomingHttpHeaders): Record<string, string> {
  return { 'content-type': type.startsWith(JSON_1_0) ? JSON_1_0 : 'application/x-amz-json-1.1' };
}

/** Answers a request to another service in that service's protocol; undefined if it may be for ECS. */
export async function answerNeighbour(
  backend: Backend,
  { headers, url, body, id }: Request,
  signed: Signed,
): Promise<ProtocolAnswer | undefined> {
  const foreign = readForeign(headers, url, signed.service, body);
  if (foreign === undefined) return undefined;
  const { protocol, operation } = foreign;
  try {
    if (signed.refusal !== undefined) throw credentialsError(signed.refusal, protocol === 'query');
    const result = await run(backend, foreign, signed, headers, body);
    if (result === undefined) throw unknown(foreign);
    if (protocol === 'query') return queryAnswer(operation, STS_NAMESPACE, result, id);
    return { status: 200, headers: jsonHeaders(headers), body: JSON.stringify(result) };
  } catch (error) {
    const own = jsonService(headers)?.errorIn;
    const answer =
      own?.(toEcsError(error)) ?? errorIn(protocol, toEcsError(error), id, isSts(foreign) ? STS_NAMESPACE : undefined);
    return protocol === 'json' ? { ...answer, headers: { ...jsonHeaders(headers), ...answer.headers } } : answer;
  }
}
