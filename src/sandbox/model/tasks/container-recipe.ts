import { createHash } from 'node:crypto';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';
import { type Fate, type ImageFates, readFate } from './simulated-behavior.ts';

/** The members that all containers of one container definition share. */
export interface ContainerRecipe {
  readonly name: string;
  readonly definition: Wire<ContainerDefinition>;
  /** A task ends with its essential containers; other containers may exit. */
  readonly isEssential: boolean;
  /** Whether its health check decides the task's health. */
  readonly isChecked: boolean;
  readonly fate: Fate;
  /** The same image always has the same digest. */
  readonly imageDigest: string;
}

export function readRecipe(definition: Wire<ContainerDefinition>, fates: ImageFates): ContainerRecipe {
  const { name = '', image = '', essential, healthCheck } = definition;
  const isEssential = essential !== false;
  return {
    name,
    definition,
    isEssential,
    isChecked: isEssential && healthCheck !== undefined,
    fate: readFate(definition, fates),
    imageDigest: `sha256:${createHash('sha256').update(image).digest('hex')}`,
  };
}
