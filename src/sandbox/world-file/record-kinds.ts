import { InstanceRecord } from '../model/instances/instance-record.ts';
import { Containers } from '../model/tasks/containers.ts';
import { TaskIndex } from '../model/tasks/task-index.ts';
import { TaskList } from '../model/tasks/task-list.ts';
import { TaskRecord } from '../model/tasks/task-record.ts';
import { Retention } from '../model/tasks/task-retention.ts';
import { Random } from '../util/random.ts';
import type { ClassKind } from './graph-format.ts';

/** A class whose objects consist of their public fields. */
function plainClass(name: string, { prototype }: { readonly prototype: object }): ClassKind {
  return {
    name,
    prototype,
    create: () => Object.create(prototype) as object,
    save: (object) => object,
    fill: (object, state) => void Object.assign(object, state),
  };
}

/** A class that exports and imports its private state as a whole. */
function statefulClass<S>(
  name: string,
  { prototype }: { readonly prototype: object },
  create: () => { state: S },
): ClassKind<{ state: S }> {
  return {
    name,
    prototype,
    create,
    save: ({ state }) => ({ state }),
    fill: (object, fields) => {
      object.state = fields.state as S;
    },
  };
}

/** Every class that has objects in a world. */
export const RECORD_KINDS: readonly ClassKind[] = [
  plainClass('TaskRecord', TaskRecord),
  plainClass('InstanceRecord', InstanceRecord),
  statefulClass('Containers', Containers, () => Containers.from([])) as ClassKind,
  statefulClass('TaskIndex', TaskIndex, () => new TaskIndex()) as ClassKind,
  statefulClass('TaskList', TaskList, () => new TaskList()) as ClassKind,
  statefulClass('Random', Random, () => new Random(0)) as ClassKind,
  statefulClass('Retention', Retention, () => new Retention()) as ClassKind,
];
