import { clusterNameOf, looksLikeArn, parseArn } from '../../ecs/core/arn.ts';
import { badUserInput } from './errors.ts';
import { readNodeId } from './node-id.ts';
import type { NounName } from './overrides.ts';

/** A caller's reference to a resource, as ECS accepts it. */
export interface Reference {
  /** An ARN, or ECS's name or id. */
  readonly text: string;
  /** The name of the cluster in the ARN or graph id; undefined if it has none. */
  readonly cluster: string | undefined;
}

/** The resource type in the ARNs of a noun. */
export function arnTypeOf(noun: NounName): string {
  // An Express service is a service and has the same ARN.
  if (noun === 'ExpressGatewayService') return 'service';
  return noun.replace(/\B[A-Z]/g, '-$&').toLowerCase();
}

/**
 * Reads a reference: the graph's id of a Node, an ARN, or anything else, which counts as a name.
 * @param type the resource type that the ARN must have; undefined means any
 * @throws {GraphQLError} BAD_USER_INPUT for an id or ARN of another kind or region, and for a malformed ARN
 */
export function readReference(region: string, argument: string, type: string | undefined, text: string): Reference {
  const key = readNodeId(text);
  const [named = text, clusterArn] = key?.parts ?? [];
  if (!looksLikeArn(named)) {
    if (key !== undefined && type !== undefined && arnTypeOf(key.type as NounName) !== type)
      throw badUserInput(argument, `is the id of a ${key.type}, not of a ${type}`);
    return { text: named, cluster: undefined };
  }
  const arn = parseArn(named);
  if (arn === undefined)
    throw badUserInput(argument, `is not a well-formed ECS ARN such as ${exampleArn(region, type)}`);
  if (type !== undefined && arn.type !== type)
    throw badUserInput(argument, `is the ${key === undefined ? 'ARN' : 'id'} of a ${arn.type}, not of a ${type}`);
  checkRegion(region, argument, arn.region);
  return { text: named, cluster: arn.cluster ?? (clusterArn && clusterNameOf(clusterArn)) };
}

/** @throws {GraphQLError} BAD_USER_INPUT naming the argument if its ARN is of another region */
export function checkRegion(region: string, argument: string, inArn: string): void {
  if (inArn !== region) throw badUserInput(argument, `is in region ${inArn}; this gateway serves ${region}`);
}

/** An example ARN of this type, for messages. */
export function exampleArn(region: string, type = 'cluster'): string {
  return `arn:aws:ecs:${region}:<account>:${type}/${EXAMPLES[type] ?? '<cluster>/<name>'}`;
}

/** The part after the type in ARNs, where it is not a cluster and a name. */
const EXAMPLES: Readonly<Record<string, string>> = {
  cluster: '<name>',
  'task-definition': '<name>',
  'service-deployment': '<cluster>/<service>/<id>',
  'service-revision': '<cluster>/<service>/<id>',
  'daemon-deployment': '<cluster>/<daemon>/<id>',
  'daemon-revision': '<cluster>/<daemon>/<id>',
  'gateway-route': '<gateway>/<id>',
};
