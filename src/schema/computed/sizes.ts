import type { FieldMap } from '@pothos/core';
import type { EcsGraph } from '../graph/ecs-graph.ts';
import type { ObjectFields } from '../sdk-types/sdk-graph.ts';

/** Sizes as ECS returns them, as text. */
interface Sized {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

const UNITS_PER_VCPU = 1_024;
const MIB_PER_GB = 1_024;

/** CPU units of `512`, `0.5 vCPU` or `.5 vcpu`; null without a number. */
export function toCpuUnits(text: string | undefined): number | null {
  return toNumber(text, /^([\d.]+)\s*(vcpu)?$/i, UNITS_PER_VCPU);
}

/** MiB of `1024` or `1 GB`; null without a number. */
export function toMemoryMiB(text: string | undefined): number | null {
  return toNumber(text, /^([\d.]+)\s*(gb)?$/i, MIB_PER_GB);
}

function toNumber(text: string | undefined, pattern: RegExp, unit: number): number | null {
  const [, digits, isInUnits] = pattern.exec(text?.trim() ?? '') ?? [];
  const number = Number(digits ?? Number.NaN) * (isInUnits === undefined ? 1 : unit);
  return Number.isFinite(number) ? Math.round(number) : null;
}

/** `cpuUnits` and `memoryMiB` of a type that has `cpu` and `memory` as text. */
export function sizeFields<Source extends Sized>(t: ObjectFields<Source>): FieldMap {
  return {
    cpuUnits: t.int({
      description: '`cpu` as a number of CPU units: 1024 are one vCPU. Null if `cpu` is null. Costs no call.',
      extensions: { members: ['cpu'] },
      resolve: ({ cpu }) => toCpuUnits(cpu),
    }),
    memoryMiB: t.int({
      description: '`memory` as a number of MiB. Null if `memory` is null. Costs no call.',
      extensions: { members: ['memory'] },
      resolve: ({ memory }) => toMemoryMiB(memory),
    }),
  };
}

/** Adds them to containers, whose type is mechanical. */
export function addContainerSizes(graph: EcsGraph): void {
  graph.builder.objectFields(graph.outputType('Container'), (t) => sizeFields(t) as never);
}
