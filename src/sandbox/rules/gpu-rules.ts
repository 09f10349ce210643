import { type Container, type Draft, eachContainer, rule } from './registration.ts';
import type { Rule } from './rule.ts';

const SOURCE = 'API ResourceRequirement; choice of text';

function gpuRequirements({ resourceRequirements = [] }: Container) {
  return resourceRequirements.filter(({ type }) => type === 'GPU');
}

/** How containers may request GPUs: whole ones, or a share of one. */
export const GPU_RULES: readonly Rule<Draft>[] = [
  eachContainer('resource-value', SOURCE, ({ name, resourceRequirements = [] }) => {
    const wrong = resourceRequirements.find(
      ({ value, sharingStrategy }) => value === undefined && sharingStrategy === undefined,
    );
    return (
      wrong && `Invalid setting for container '${name}'. A value must be specified for the resource type ${wrong.type}.`
    );
  }),
  eachContainer('gpu-value-and-sharing', SOURCE, ({ name, resourceRequirements = [] }) =>
    resourceRequirements.some(({ value, sharingStrategy }) => value !== undefined && sharingStrategy !== undefined)
      ? `Invalid setting for container '${name}'. Specify either 'value' or 'sharingStrategy' for a GPU, but not both.`
      : undefined,
  ),
  eachContainer('sharing-of-gpus-only', SOURCE, ({ name, resourceRequirements = [] }) =>
    resourceRequirements.some(({ type, sharingStrategy }) => type !== 'GPU' && sharingStrategy !== undefined)
      ? `Invalid setting for container '${name}'. A sharing strategy is only supported for the resource type GPU.`
      : undefined,
  ),
  rule('gpu-one-option', SOURCE, ({ containers }) => {
    const options = new Set(
      containers.flatMap(gpuRequirements).map(({ sharingStrategy }) => sharingStrategy !== undefined),
    );
    return options.size > 1 ? 'All containers of a task that request GPUs must use the same option.' : undefined;
  }),
  rule('gpu-sharing-external', SOURCE, ({ containers, registration }) =>
    registration.requiresCompatibilities?.includes('EXTERNAL') &&
    containers.flatMap(gpuRequirements).some(({ sharingStrategy }) => sharingStrategy !== undefined)
      ? 'Tasks using the EXTERNAL launch type do not support GPU sharing.'
      : undefined,
  ),
];
