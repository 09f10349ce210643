import type { EnumRef, ObjectRef } from '@pothos/core';
import type { RolloutState } from '../../live/core/rollout-state.ts';
import type { Types } from '../core/builder.ts';
import type { ImageReference } from './image-reference.ts';
import type { ResourceAmount } from './resource-amount.ts';

/** The types of fields that the graph computes. */
export interface ComputedTypes {
  readonly imageReference: ObjectRef<Types, ImageReference>;
  readonly resourceAmount: ObjectRef<Types, ResourceAmount>;
  readonly rolloutState: EnumRef<Types, RolloutState>;
}
