import { FLOATS, LONGS } from '../../ecs/sdk/number-widths.ts';
import { MEMBER_ENUMS, SECRET_MEMBERS, type SecretKind, STATUS_ENUMS, type StatusEnumName } from '../core/overrides.ts';
import { enums } from '../generated/enums.ts';
import { operations } from '../generated/operations.ts';
import { structures, unions } from '../generated/structures.ts';
import type { EnumName, OperationName, StructureName } from '../generated/types.ts';

export type ScalarName = 'Boolean' | 'DateTime' | 'Float' | 'Int' | 'JSON' | 'Long' | 'String' | 'StringMap';
export type AnyEnumName = EnumName | StatusEnumName;

/** The type of a member after the overrides. */
export type MemberType =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'enum'; readonly name: AnyEnumName }
  | { readonly kind: 'structure'; readonly name: StructureName };

export interface Member {
  /** AWS's name. */
  readonly name: string;
  readonly type: MemberType;
  readonly list: boolean;
  /** Required by AWS; relevant for inputs only. */
  readonly required: boolean;
  /** The kind of secret that it holds, if it does. */
  readonly secret: SecretKind | undefined;
  /** AWS's deprecation notice, if it has one. */
  readonly deprecated: string | undefined;
}

const NOTATION = /^(?:\[(\w+)!\]|(\w+))(!)?((?: @\w+(?:\([\d-]+\))?)*)$/;
const SCALARS: ReadonlySet<string> = new Set(['Boolean', 'DateTime', 'JSON', 'String', 'StringMap']);

/** The generated tables of `src/schema/generated` combined with the overrides, read once for each graph. */
export class Model {
  readonly #members = new Map<string, readonly Member[]>();
  #secretStructures: ReadonlySet<StructureName> | undefined;
  #answeredEnums: ReadonlySet<AnyEnumName> | undefined;
  #requestedStructures: ReadonlySet<StructureName> | undefined;

  /** Structures that a secret member contains. */
  get secretStructures(): ReadonlySet<StructureName> {
    this.#secretStructures ??= new Set(
      [
        ...(Object.keys(structures) as StructureName[]).flatMap((name) => this.structure(name)),
        ...(Object.keys(operations) as OperationName[]).flatMap((name) => [
          ...this.request(name),
          ...this.response(name),
        ]),
      ].flatMap(({ secret, type }) => (secret !== undefined && type.kind === 'structure' ? [type.name] : [])),
    );
    return this.#secretStructures;
  }

  /** Enums that an answer contains. */
  get answeredEnums(): ReadonlySet<AnyEnumName> {
    if (this.#answeredEnums === undefined) {
      const found = new Set<AnyEnumName>();
      this.#walk(
        (operation) => this.response(operation),
        ({ type }) => {
          if (type.kind === 'enum') found.add(type.name);
        },
      );
      this.#answeredEnums = found;
    }
    return this.#answeredEnums;
  }

  /** Structures that a request contains. */
  get requestedStructures(): ReadonlySet<StructureName> {
    this.#requestedStructures ??= this.#walk(
      (operation) => this.request(operation),
      () => undefined,
    );
    return this.#requestedStructures;
  }

  /** Visits the members of all requests or all answers, and of the structures in them. Returns these structures. */
  #walk(
    membersOf: (operation: OperationName) => readonly Member[],
    visit: (member: Member) => void,
  ): ReadonlySet<StructureName> {
    const seen = new Set<StructureName>();
    const walk = (members: readonly Member[]) => {
      for (const member of members) {
        visit(member);
        const { type } = member;
        if (type.kind !== 'structure' || seen.has(type.name)) continue;
        seen.add(type.name);
        walk(this.structure(type.name));
      }
    };
    for (const operation of Object.keys(operations) as OperationName[]) walk(membersOf(operation));
    return seen;
  }

  structure(name: StructureName): readonly Member[] {
    return this.#read(name, name, structures[name]);
  }

  request(operation: OperationName): readonly Member[] {
    return this.#read(`${operation} input`, operation, operations[operation].input);
  }

  response(operation: OperationName): readonly Member[] {
    return this.#read(`${operation} output`, operation, operations[operation].output);
  }

  isUnion(name: StructureName): boolean {
    return unions.includes(name);
  }

  #read(key: string, owner: string, notations: Readonly<Record<string, string>>): readonly Member[] {
    let members = this.#members.get(key);
    if (!members) {
      members = Object.entries(notations).map(([name, notation]) => toMember(owner, name, notation));
      this.#members.set(key, members);
    }
    return members;
  }
}

/** Reads one line of a generated table, such as `[KeyValuePair!]! @sensitive`. */
export function toMember(owner: string, name: string, notation: string): Member {
  const match = NOTATION.exec(notation);
  if (!match) throw new Error(`${owner}.${name}: cannot read ${notation}`);
  const [, item, single, bang, directives = ''] = match;
  return {
    name,
    type: toMemberType(owner, name, item ?? single ?? ''),
    list: item !== undefined,
    required: bang !== undefined,
    secret: secretKind(owner, name, directives),
    deprecated: toDeprecation(directives),
  };
}

/** Members that the SDK marks are hidden, whether or not the table has them already. */
function secretKind(owner: string, name: string, directives: string): SecretKind | undefined {
  const kind = SECRET_MEMBERS[owner as StructureName | OperationName]?.[name];
  return kind ?? (directives.includes('@sensitive') ? 'CREDENTIAL' : undefined);
}

function toMemberType(owner: string, member: string, name: string): MemberType {
  if (name === 'Number') return { kind: 'scalar', name: numberType(`${owner}.${member}`) };
  const status = MEMBER_ENUMS[owner as StructureName | OperationName]?.[member];
  if (status) return { kind: 'enum', name: status };
  if (isEnumName(name)) return { kind: 'enum', name };
  if (isStructureName(name)) return { kind: 'structure', name };
  if (SCALARS.has(name)) return { kind: 'scalar', name: name as ScalarName };
  throw new Error(`${owner}.${member}: no type ${name}`);
}

function numberType(member: string): ScalarName {
  if (LONGS.has(member)) return 'Long';
  return FLOATS.has(member) ? 'Float' : 'Int';
}

/** How long the graph keeps what AWS has withdrawn; see docs/versioning.md. */
const WITHDRAWN_UNTIL = 'Removed in 2.0 at the earliest, and not before 2027-12-01.';

function toDeprecation(directives: string): string | undefined {
  const match = /@deprecated(?:\(([\d-]+)\))?/.exec(directives);
  if (!match) return undefined;
  const since = match[1] ? ` since ${match[1]}` : '';
  return `AWS has withdrawn this feature${since}. Nothing takes its place. ${WITHDRAWN_UNTIL}`;
}

export function isStructureName(name: string): name is StructureName {
  return Object.hasOwn(structures, name);
}

function isEnumName(name: string): name is AnyEnumName {
  return Object.hasOwn(enums, name) || Object.hasOwn(STATUS_ENUMS, name);
}
