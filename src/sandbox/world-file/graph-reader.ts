import { findDueAction } from '../time/due-action.ts';
import { type ClassKind, GraphError } from './graph-format.ts';

type Fields = Record<string, unknown>;

function fieldsOf(content: unknown): [string, unknown][] {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new GraphError('A node has no fields');
  return Object.entries(content);
}

function itemsOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content;
  throw new GraphError('A node has no items');
}

/** Restores a graph of objects that a GraphWriter wrote. The text is untrusted, so everything is checked. */
export class GraphReader {
  readonly #classes: ReadonlyMap<string, ClassKind>;
  readonly #externals: ReadonlyMap<string, unknown>;
  readonly #objects: object[];

  constructor(nodes: unknown, classes: readonly ClassKind[], externals: ReadonlyMap<string, unknown>) {
    this.#classes = new Map(classes.map((kind) => [kind.name, kind]));
    this.#externals = externals;
    const all = itemsOf(nodes).map((node) => itemsOf(node));
    this.#objects = all.map(([kind]) => this.#create(String(kind)));
    // Classes come last: some copy what they are given, which must be complete then.
    for (const ofClass of [false, true]) {
      for (const [id, [kind, content]] of all.entries()) {
        if (this.#classes.has(String(kind)) === ofClass) this.#fill(this.#objects[id] as object, String(kind), content);
      }
    }
  }

  read(value: unknown): unknown {
    if (!Array.isArray(value)) {
      if (typeof value === 'object' && value !== null) throw new GraphError('A value is an object');
      return value;
    }
    const [kind, text] = value as unknown[];
    if (typeof kind === 'number') return this.#object(kind);
    if (kind === 'u') return undefined;
    if (kind === 'n') return Number(text);
    if (kind === 'f') return this.#action(String(text));
    if (kind === 'x' && this.#externals.has(String(text))) return this.#externals.get(String(text));
    throw new GraphError(`A value is of the unknown kind ${JSON.stringify(value).slice(0, 100)}`);
  }

  #object(id: number): object {
    const object = this.#objects[id];
    if (object === undefined) throw new GraphError(`There is no node ${id}`);
    return object;
  }

  #action(name: string): unknown {
    const action = findDueAction(name);
    if (action === undefined) throw new GraphError(`The due action ${name.slice(0, 100)} is not known to this release`);
    return action;
  }

  #create(kind: string): object {
    if (kind === 'object' || kind === 'due') return {};
    if (kind === 'array') return [];
    if (kind === 'map') return new Map();
    if (kind === 'set') return new Set();
    if (kind === 'weakMap') return new WeakMap();
    if (kind === 'weakSet') return new WeakSet();
    const known = this.#classes.get(kind);
    if (known === undefined) throw new GraphError(`The kind ${kind.slice(0, 100)} is not known to this release`);
    return known.create();
  }

  #fill(object: object, kind: string, content: unknown): void {
    if (Array.isArray(object)) for (const item of itemsOf(content)) object.push(this.read(item));
    else if (object instanceof Map) for (const [key, value] of this.#pairs(content)) object.set(key, value);
    else if (object instanceof Set) for (const item of itemsOf(content)) object.add(this.read(item));
    else if (object instanceof WeakMap)
      for (const [key, value] of this.#pairs(content)) object.set(key as object, value);
    else if (object instanceof WeakSet) for (const item of itemsOf(content)) object.add(this.read(item) as object);
    else this.#fillFields(object, kind, content);
  }

  #fillFields(object: object, kind: string, content: unknown): void {
    const fields: Fields = {};
    for (const [key, value] of fieldsOf(content)) {
      if (key === '__proto__') throw new GraphError('A node has a field that no record has');
      fields[key] = this.read(value);
    }
    const known = this.#classes.get(kind);
    if (known !== undefined) known.fill(object, fields);
    else if (kind === 'due') Object.assign(object, fields, { next: undefined });
    else Object.assign(object, fields);
  }

  #pairs(content: unknown): [unknown, unknown][] {
    return itemsOf(content).map((pair) => {
      const [key, value] = itemsOf(pair);
      return [this.read(key), this.read(value)];
    });
  }
}
