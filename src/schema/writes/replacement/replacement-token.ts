import { badUserInput } from '../../core/errors.ts';

/** A replacement of instances, as it was begun. */
export interface Replacement {
  /** The name of the cluster. */
  readonly cluster: string;
  /** Ids of the instances, in their order. */
  readonly instances: readonly string[];
  readonly waveSize: number;
  readonly minActiveInstances: number;
  readonly deregister: boolean;
  /** The number of the wave that comes next, from 1. */
  readonly wave: number;
}

const VERSION = 1;
const ID = /^[\w-]{1,64}$/;
const CLUSTER = /^[\w-]{1,255}$/;
const LONGEST = 60_000;

/** A replacement as an opaque text. It holds no secret, and nothing that its bearer could not ask for anyway. */
export function toToken({ cluster, instances, waveSize, minActiveInstances, deregister, wave }: Replacement): string {
  const parts = [VERSION, cluster, waveSize, minActiveInstances, deregister ? 1 : 0, wave, ...instances];
  return Buffer.from(parts.join(' ')).toString('base64url');
}

/**
 * The replacement of a token, which is input of the caller.
 * @throws {GraphQLError} BAD_USER_INPUT
 */
export function fromToken(token: string, mostInstances: number): Replacement {
  const text = token.length > LONGEST ? '' : Buffer.from(token, 'base64url').toString('latin1');
  const [version, cluster = '', ...rest] = text.split(' ');
  const [waveSize = 0, minActiveInstances = -1, deregister = -1, wave = 0] = rest.slice(0, 4).map(Number);
  const instances = rest.slice(4);
  const isWhole = [waveSize, minActiveInstances, deregister, wave].every(Number.isSafeInteger);
  const isInRange = waveSize >= 1 && minActiveInstances >= 0 && [0, 1].includes(deregister) && wave >= 1;
  const areIds = instances.length > 0 && instances.length <= mostInstances && instances.every((id) => ID.test(id));
  if (version !== String(VERSION) || !CLUSTER.test(cluster) || !isWhole || !isInRange || !areIds)
    throw badUserInput('continueWith', 'is not the `continueWith` of an earlier answer');
  return { cluster, instances, waveSize, minActiveInstances, deregister: deregister === 1, wave };
}
