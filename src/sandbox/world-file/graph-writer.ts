import type { Due } from '../time/due.ts';
import { type ClassKind, GraphError, isDueAction, type Node, type Value } from './graph-format.ts';

function isDue(object: object): object is Due {
  return 'isQueued' in object && 'run' in object;
}

/** Its place in the clock's queue is not written: the clock queues it again. A cancelled one is over. */
function stateOfDue({ time, order, run, first, second, isQueued }: Due): object {
  return { time, order, run, first, second, isQueued: isQueued && run !== undefined };
}

/** Writes objects that refer to each other, each once, however often it is referred to. */
export class GraphWriter {
  readonly #classes: ReadonlyMap<object | null, ClassKind>;
  readonly #externals: ReadonlyMap<unknown, string>;
  readonly #ids = new Map<object, number>();
  /** In the order of their numbers; objects without a node are still to be written. */
  readonly #objects: object[] = [];
  readonly #nodes: Node[] = [];

  constructor(classes: readonly ClassKind[], externals: ReadonlyMap<unknown, string>) {
    this.#classes = new Map(classes.map((kind) => [kind.prototype, kind]));
    this.#externals = externals;
  }

  /** A value that refers to the nodes that `finish` returns. */
  write(value: unknown): Value {
    if (value === undefined) return ['u'];
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number')
      return Number.isFinite(value) && !Object.is(value, -0) ? value : ['n', numberText(value)];
    const external = this.#externals.get(value);
    if (external !== undefined) return ['x', external];
    if (isDueAction(value)) return ['f', value.dueName];
    if (typeof value === 'object') return [this.#idOf(value)];
    throw new GraphError(`A ${typeof value} cannot be written to a world file`);
  }

  finish(): readonly Node[] {
    const weak: number[] = [];
    for (;;) {
      for (let id = this.#nodes.length; id < this.#objects.length; id += 1) {
        const object = this.#objects[id] as object;
        if (object instanceof WeakMap || object instanceof WeakSet) weak.push(id);
        this.#nodes.push(this.#nodeOf(object));
      }
      for (const id of weak) this.#nodes[id] = this.#weakNodeOf(this.#objects[id] as object);
      if (this.#nodes.length === this.#objects.length) return this.#nodes;
    }
  }

  #idOf(object: object): number {
    const known = this.#ids.get(object);
    if (known !== undefined) return known;
    const id = this.#objects.length;
    this.#ids.set(object, id);
    this.#objects.push(object);
    return id;
  }

  #fields(state: object): Record<string, Value> {
    return Object.fromEntries(Object.entries(state).map(([key, value]) => [key, this.write(value)]));
  }

  #items(items: Iterable<unknown>): Value[] {
    return Array.from(items, (item) => this.write(item));
  }

  #nodeOf(object: object): Node {
    if (Array.isArray(object)) return ['array', this.#items(object)];
    if (object instanceof Set) return ['set', this.#items(object)];
    if (object instanceof Map) return ['map', Array.from(object, (pair) => this.#items(pair))];
    if (object instanceof WeakMap || object instanceof WeakSet) return this.#weakNodeOf(object);
    if (isDue(object)) return ['due', this.#fields(stateOfDue(object))];
    const prototype = Object.getPrototypeOf(object) as object | null;
    if (prototype === Object.prototype || prototype === null) return ['object', this.#fields(object)];
    const kind = this.#classes.get(prototype);
    if (kind === undefined) throw new GraphError(`A ${object.constructor.name} cannot be written to a world file`);
    return [kind.name, this.#fields(kind.save(object))];
  }

  /** The entries of a weak collection for the written objects: no other entries can be observed. */
  #weakNodeOf(object: object): Node {
    if (object instanceof WeakMap) {
      const keys = this.#objects.filter((key) => object.has(key));
      return ['weakMap', keys.map((key) => [this.write(key), this.write(object.get(key))])];
    }
    return ['weakSet', this.#items(this.#objects.filter((item) => (object as WeakSet<object>).has(item)))];
  }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
