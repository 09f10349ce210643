import type { StructureName } from '../generated/types.ts';
import type { Member, Model } from '../sdk-types/sdk-model.ts';
import { DEFAULTS, DERIVED, MEANS_ITSELF, ORDERED } from './rules.ts';

export type Fields = Readonly<Record<string, unknown>>;

/**
 * A structure as ECS describes it, without members that mean the same as their absence: defaults that ECS writes, empty lists and
 * empty structures. Lists without an order are sorted. Undefined if nothing remains.
 */
export function normalize(model: Model, name: StructureName, value: Fields): Fields | undefined {
  const kept: Record<string, unknown> = {};
  for (const member of model.structure(name)) {
    const key = `${name}.${member.name}`;
    if (DERIVED.has(key)) continue;
    const found = normalizeMember(model, key, member, value[member.name]);
    if (found !== undefined) kept[member.name] = found;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function normalizeMember(model: Model, key: string, { type, list }: Member, value: unknown): unknown {
  if (value === undefined || value === null || value === DEFAULTS[key]) return undefined;
  if (list) {
    const items = value as readonly unknown[];
    if (items.length === 0) return undefined;
    if (type.kind !== 'structure') return ORDERED.has(key) ? items : items.map(String).sort();
    return items.map((item) => normalize(model, type.name, item as Fields) ?? {});
  }
  if (type.kind === 'structure') return normalize(model, type.name, value as Fields);
  if (typeof value === 'object') return Object.keys(value).length === 0 ? undefined : value;
  const isEmpty = value === 0 || value === false || value === '';
  return isEmpty && !MEANS_ITSELF.has(key) && !Object.hasOwn(DEFAULTS, key) ? undefined : value;
}

/** A task definition whose host ports are absent where ECS writes the container's port into them. */
export function withoutHostPorts(definition: Fields): Fields {
  const { networkMode, containerDefinitions = [] } = definition as {
    readonly networkMode?: string;
    readonly containerDefinitions?: readonly Fields[];
  };
  if (networkMode !== 'awsvpc' && networkMode !== 'host') return definition;
  return {
    ...definition,
    containerDefinitions: containerDefinitions.map((container) => ({
      ...container,
      portMappings: ((container.portMappings ?? []) as readonly Fields[]).map(({ hostPort, ...mapping }) =>
        hostPort === mapping.containerPort ? mapping : { ...mapping, hostPort },
      ),
    })),
  };
}
