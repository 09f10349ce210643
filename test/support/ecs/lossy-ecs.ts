import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OPERATIONS, type OperationName } from '../../../src/ecs/core/operations.ts';
import type { WriteOperation } from '../../../src/ecs/outcomes/check.ts';
import { IDENTITIES } from '../../../src/ecs/sdk/identities.ts';
import { Random } from '../../../src/sandbox/util/random.ts';
import { enumValueName, rawValues } from '../../../src/schema/sdk-types/enum-types.ts';
import { type Member, Model } from '../../../src/schema/sdk-types/sdk-model.ts';
import { ANSWERS } from './one-of-each.ts';
import { arnOf } from './valid-answers.ts';

const model = new Model();

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';
/** Members that ECS takes ARNs for only: a name would be looked up. */
const ARN_TYPES: Readonly<Record<string, string>> = {
  capacityProviderArns: 'capacity-provider/x',
  clusterArn: 'cluster/x',
  containerInstanceArn: 'container-instance/x',
  daemonArn: 'daemon/prod/x',
  daemonTaskDefinitionArn: 'daemon-task-definition/x',
  resourceArn: 'cluster/x',
  serviceArn: 'service/prod/x',
  serviceDeploymentArn: 'service-deployment/prod/web/x',
  taskDefinitionArn: 'task-definition/x',
};

/** An ECS that does every call and loses a part of its answers. */
export interface LossyEcs extends AsyncDisposable {
  readonly url: string;
  /** How often each write, distinguished by its input, was done. */
  readonly done: ReadonlyMap<string, number>;
  /** How many answers to writes were lost. */
  readonly lost: { count: number };
}

/** Starts it; `rate` of all answers are lost, those of reads too. */
export async function startLossyEcs(rate: number, seed = 1): Promise<LossyEcs> {
  const random = new Random(seed);
  const done = new Map<string, number>();
  const lost = { count: 0 };
  const tokens = new Set<string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = String(request.headers['x-amz-target']).split('.')[1] as OperationName;
    const { clientToken, ...input } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    const isWrite = OPERATIONS[operation].kind !== 'read';
    const key = `${operation} ${JSON.stringify(input)}`;
    // AWS does a call once for each client token. A call that AWS calls idempotent changes nothing the second time.
    const isRepetition = tokens.has(`${key} ${clientToken}`) || (OPERATIONS[operation].idempotent && done.has(key));
    if (clientToken !== undefined) tokens.add(`${key} ${clientToken}`);
    if (isWrite && !isRepetition) done.set(key, (done.get(key) ?? 0) + 1);
    if (random.next() < rate) {
      if (isWrite) lost.count += 1;
      request.socket.destroy();
      return;
    }
    const body = isWrite ? anyAnswer(operation) : (ANSWERS[operation]?.(input) ?? {});
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    done,
    lost,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** An answer that holds as little as may be. */
function anyAnswer(operation: OperationName): object {
  const members = model.response(operation);
  return Object.fromEntries(members.map((member) => [member.name, member.list ? [] : single(member, 'any')]));
}

/** A structure with nothing but what identifies it. */
function identified(name: string): object {
  const members = (IDENTITIES[name] ?? []).flatMap(([member]) => member ?? []);
  return Object.fromEntries(members.map((member) => [member, textOf(member, 'any')]));
}

function textOf(name: string, mark: string): string {
  if (mark === 'any' && /arn$/i.test(name)) return arnOf(name);
  return ARN_TYPES[name] === undefined ? `${name}-${mark}` : `${ARN}:${ARN_TYPES[name]}-${mark}`;
}

/** The input of a mutation: the required members, and every text, so that no two inputs are the same. */
export function inputOf(operation: WriteOperation, mark: string): object {
  const members = model
    .request(operation)
    .filter(({ name, required, type }) => name !== 'clientToken' && (required || type.name === 'String'));
  return structureOf(members, mark);
}

function structureOf(members: readonly Member[], mark: string): object {
  return Object.fromEntries(
    members.map((member) => [member.name, member.list ? [single(member, mark)] : single(member, mark)]),
  );
}

function single({ name, type }: Member, mark: string): unknown {
  if (type.kind === 'enum') return enumValueName(Object.keys(rawValues(type.name))[0] ?? '');
  if (type.kind === 'structure') {
    const members = model.structure(type.name);
    if (mark === 'any') return identified(type.name);
    if (model.isUnion(type.name)) return structureOf(members.slice(0, 1), mark);
    return structureOf(
      members.filter(({ required }) => required),
      mark,
    );
  }
  switch (type.name) {
    case 'Boolean':
      return true;
    case 'DateTime':
      return mark === 'any' ? 1_700_000_000 : '2026-01-01T00:00:00Z';
    case 'StringMap':
    case 'JSON':
      return {};
    case 'String':
      return textOf(name, mark);
    default:
      return 1;
  }
}
