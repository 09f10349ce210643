import { type Comment, parseSync, type TSInterfaceDeclaration, type TSSignature, type TSType } from 'oxc-parser';

/**
 * Facts about a member that only the SDK's declarations hold: its enum, whether it is optional, whether it is
 * deprecated.
 */
export interface DeclaredMember {
  readonly typeName: string | undefined;
  readonly optional: boolean;
  readonly deprecated: string | undefined;
}

/** Interface or union name to member name to the facts of its declaration. */
export type Declarations = ReadonlyMap<string, ReadonlyMap<string, DeclaredMember>>;

/** Reads the interfaces and unions of declaration files; `sources` maps file names to their text. */
export function readDeclarations(sources: ReadonlyMap<string, string>): Declarations {
  const declarations = new Map<string, Map<string, DeclaredMember>>();
  for (const [file, text] of sources) {
    const { program, comments, errors } = parseSync(file, text, { lang: 'dts', sourceType: 'module' });
    if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
    for (const statement of program.body) {
      if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) continue;
      const { declaration } = statement;
      if (declaration.type === 'TSInterfaceDeclaration') {
        declarations.set(declaration.id.name, membersOf(declaration, text, comments));
      } else if (declaration.type === 'TSModuleDeclaration' && declaration.id.type === 'Identifier') {
        // A union is a namespace with one interface for each member (and `$UnknownMember`, `Visitor`).
        const body = declaration.body?.type === 'TSModuleBlock' ? declaration.body.body : [];
        const members = new Map<string, DeclaredMember>();
        for (const inner of body) {
          const nested = inner.type === 'ExportNamedDeclaration' ? inner.declaration : inner;
          if (nested?.type !== 'TSInterfaceDeclaration' || !nested.id.name.endsWith('Member')) continue;
          for (const [name, member] of membersOf(nested, text, comments)) {
            if (!member.optional && name !== '$unknown') members.set(name, { ...member, optional: true });
          }
        }
        declarations.set(declaration.id.name, members);
      }
    }
  }
  return declarations;
}

function membersOf(node: TSInterfaceDeclaration, text: string, comments: readonly Comment[]) {
  const members = new Map<string, DeclaredMember>();
  for (const member of node.body.body) {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') continue;
    members.set(member.key.name, {
      typeName: referencedType(member.typeAnnotation?.typeAnnotation),
      optional: member.optional,
      deprecated: deprecatedSince(member, text, comments),
    });
  }
  return members;
}

/** The name that a type refers to, through `| undefined` and `[]`. */
function referencedType(type: TSType | undefined): string | undefined {
  switch (type?.type) {
    case 'TSTypeReference':
      return type.typeName.type === 'Identifier' ? type.typeName.name : undefined;
    case 'TSArrayType':
      return referencedType(type.elementType);
    case 'TSUnionType':
      return type.types.map(referencedType).find((name) => name !== undefined);
    default:
      return undefined;
  }
}

function deprecatedSince(member: TSSignature, text: string, comments: readonly Comment[]): string | undefined {
  const doc = comments.find(
    (comment) => comment.end <= member.start && text.slice(comment.end, member.start).trim() === '',
  );
  const tag = doc?.value.match(/@deprecated(?:\s+\(since ([\d-]+)\))?/);
  return tag ? (tag[1] ?? '') : undefined;
}
