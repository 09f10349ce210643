import {
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isObjectType,
  responsePathAsArray,
} from 'graphql';
import { settle } from './compare.ts';

/** A number for a text: the same for both engines, unlike any other text's. */
export function hash(text: string): number {
  let value = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 16_777_619);
  value = Math.imul(value ^ (value >>> 15), 2_246_822_507);
  return (value ^ (value >>> 13)) >>> 0;
}

/** The one that comes first, in an order that says nothing. */
function least(places: Iterable<string>): string | undefined {
  let found: string | undefined;
  for (const place of places) if (found === undefined || hash(place) < hash(found)) found = place;
  return found;
}

export interface OutcomeOptions {
  readonly seed: number;
  /** Of a hundred outcomes, how many are no plain value. */
  readonly odd: number;
  /** Of a hundred values, how many come later. */
  readonly late: number;
}

/** The values of resolvers at each place of an answer: they depend on the place alone. Late values come one by one, in an order of their own. */
export class Outcomes {
  /** The arguments of the resolvers' calls, in order. */
  readonly calls: string[] = [];
  readonly #options: OutcomeOptions;
  readonly #schema: GraphQLSchema;
  readonly #late = new Map<string, () => void>();

  constructor(schema: GraphQLSchema, options: OutcomeOptions) {
    this.#schema = schema;
    this.#options = options;
  }

  resolve(source: unknown, args: object, context: unknown, info: GraphQLResolveInfo): unknown {
    const place = responsePathAsArray(info.path).join('.');
    this.calls.push(
      JSON.stringify([
        place,
        args,
        info.fieldName,
        String(info.returnType),
        info.parentType.name,
        info.path.typename,
        info.operation.operation,
        info.variableValues,
        Object.keys(info.fragments),
        info.fieldNodes.map(({ loc }) => loc?.start),
        info.rootValue === context,
        typeof source,
      ]),
    );
    return this.at(place, info.returnType);
  }

  /** Whether the resolver of a place is a property, and numbered choices. */
  roll(place: string, purpose: string, sides: number): number {
    return hash(`${this.#options.seed} ${purpose} ${place}`) % sides;
  }

  at(place: string, type: GraphQLOutputType): unknown {
    if (this.roll(place, 'late', 100) < this.#options.late) return this.#later(place, () => this.#now(place, type));
    return this.#now(place, type);
  }

  /** Lets late values come, one when all before it has had its effect, until the work is done. */
  async deliver<T>(work: Promise<T> | T): Promise<T> {
    let done = false;
    const result = Promise.resolve(work).finally(() => {
      done = true;
    });
    await settle();
    while (!done) {
      const next = least(this.#late.keys());
      if (next === undefined) throw new Error('an execution that waits for nothing');
      const give = this.#late.get(next);
      this.#late.delete(next);
      give?.();
      await settle();
    }
    // Work without waiters may still fail.
    for (const give of this.#late.values()) give();
    this.#late.clear();
    return result;
  }

  #later(place: string, value: () => unknown): Promise<unknown> {
    const promise = new Promise((resolve, reject) => {
      let key = place;
      while (this.#late.has(key)) key += '+';
      this.#late.set(key, () => {
        try {
          resolve(value());
        } catch (error) {
          reject(error);
        }
      });
    });
    // A resolver that throws leaves some that no engine was given. What engines make of them is theirs to look after.
    promise.catch(() => undefined);
    return promise;
  }

  #now(place: string, type: GraphQLOutputType): unknown {
    if (this.roll(place, 'odd', 100) < this.#options.odd) return this.#oddity(place);
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      // Lists in lists in lists would be most of an answer.
      const count = this.roll(place, 'count', place.search(/\d.*\.\d/) < 0 ? 4 : 2);
      const items = Array.from(
        { length: count },
        (_item, index) => () => this.at(`${place}.${index}`, nullable.ofType),
      );
      return this.#iterable(place, items);
    }
    if (isObjectType(nullable) || isAbstractType(nullable)) return this.#object(place, nullable.name);
    if (isEnumType(nullable)) return nullable.getValues()[this.roll(place, 'enum', nullable.getValues().length)]?.value;
    return { String: `text ${place}`, ID: 7, Int: 1.0, Float: 0.5, Boolean: true }[nullable.name] ?? { at: place };
  }

  #iterable(place: string, items: readonly (() => unknown)[]): Iterable<unknown> {
    const form = this.roll(place, 'iterable', 10);
    if (form > 1) return items.map((item) => item());
    if (form > 0) return new Set(items.map((item) => item()));
    const breaks = this.roll(place, 'breaks', 2) === 0;
    return (function* () {
      for (const item of items) yield item();
      if (breaks) throw new Error(`broken iterator at ${place}`);
    })();
  }

  /** An object of the type, or of one of the types that it may be, whose properties give outcomes when they are read. */
  #object(place: string, typeName: string): object {
    const type = this.#schema.getType(typeName);
    const types = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const chosen = types[this.roll(place, 'type', types.length)];
    if (!isObjectType(chosen)) throw new Error(`${typeName} is no type of objects`);
    const source: object = { __typename: chosen.name };
    for (const [name, field] of Object.entries(chosen.getFields())) {
      if (field.resolve) continue;
      const get = () => {
        const value = this.at(`${place} ${name}`, field.type);
        if (this.roll(`${place} ${name}`, 'method', 10) > 0) return value;
        return (...[args, , info]: [object, unknown, GraphQLResolveInfo]) => {
          this.calls.push(JSON.stringify(['method', args, responsePathAsArray(info.path)]));
          return value;
        };
      };
      Object.defineProperty(source, name, { get });
    }
    return source;
  }

  #oddity(place: string): unknown {
    const oddities: (() => unknown)[] = [
      () => null,
      () => null,
      () => undefined,
      () => new Error(`error returned at ${place}`),
      () => 'no such thing',
      () => ({}),
      () => Number.NaN,
      () => [],
      () => {
        throw new Error(`error at ${place}`);
      },
      () => {
        throw new GraphQLError(`coded error at ${place}`, { extensions: { code: 'CODED', place } });
      },
      () => {
        throw `thrown text at ${place}`;
      },
      () => {
        throw undefined;
      },
    ];
    return oddities[this.roll(place, 'oddity', oddities.length)]?.();
  }
}
