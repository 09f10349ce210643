import type { Builder } from '../core/builder.ts';

type Store = Builder['configStore'];
/** A reference to a type with fields: Pothos calls `onField` when a schema is built, and that runs the field thunks. */
interface RefWithFields {
  readonly name: string;
  onField(add: (...field: never[]) => void): void;
}

/**
 * Has a builder run the field thunks of a type when somebody asks for that type's fields, not of all types at the start: what a
 * thunk makes (fields, arguments, the types of both) is most of the work of a schema. Types must be added after this.
 */
export function deferFields(builder: Builder): void {
  const store = builder.configStore;
  const waiting = new Map<string, () => void>();

  const addTypeRef = store.addTypeRef.bind(store);
  store.addTypeRef = (ref) => {
    if (hasFields(ref)) {
      const onField = ref.onField.bind(ref);
      ref.onField = (add) => {
        waiting.set(ref.name, () => onField(add));
      };
    }
    addTypeRef(ref);
  };

  const getFields: (name: string, kind?: never) => ReturnType<Store['getFields']> = store.getFields.bind(store);
  store.getFields = ((name: string, kind?: never) => {
    const run = waiting.get(name);
    waiting.delete(name);
    run?.();
    return getFields(name, kind);
  }) as Store['getFields'];
}

function hasFields<Ref extends object>(ref: Ref): ref is Ref & RefWithFields {
  return 'onField' in ref;
}
