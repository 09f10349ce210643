import {
  IN_CLUSTER,
  LINKS,
  LINKS_IN,
  type LinkRule,
  NOUNS,
  type NounName,
  REFERENCES,
  REFERENCES_IN,
  RENAMED_MEMBERS,
  RENAMED_TYPES,
  type ReferenceRule,
} from '../core/overrides.ts';
import type { OperationName, StructureName } from '../generated/types.ts';

const API_REFERENCE = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference';

/** The name of a structure in answers. Some AWS structures are named ...Request although answers contain them too. */
export function outputTypeName(structure: StructureName): string {
  return RENAMED_TYPES[structure] ?? structure.replace(/Request$/, '');
}

/** The name of a structure in inputs. */
export function inputTypeName(structure: StructureName): string {
  return `${structure.replace(/Request$/, '')}Input`;
}

export function operationInputName(operation: OperationName): string {
  return `${operation}Input`;
}

export function payloadTypeName(operation: OperationName): string {
  return `${operation}Payload`;
}

/** `CreateService` -> `createService`. */
export function fieldName(operation: string): string {
  return operation.charAt(0).toLowerCase() + operation.slice(1);
}

/** Links to the page of AWS's API reference about a structure or an operation. */
export function apiReference(name: StructureName | OperationName): string {
  return `AWS API reference: [${name}](${API_REFERENCE}/API_${name}.html).`;
}

/** The noun that a structure describes. */
export function nounOf(structure: string): NounName | undefined {
  const names = Object.keys(NOUNS) as NounName[];
  return names.find((noun) => (NOUNS[noun] as readonly string[]).includes(structure));
}

/** The link that replaces a member of an answer. A noun does not link to itself. */
export function linkRule(owner: string, member: string): LinkRule | undefined {
  const own = (LINKS_IN as Readonly<Record<string, Readonly<Record<string, LinkRule>> | undefined>>)[owner]?.[member];
  const rule = own ?? (Object.hasOwn(LINKS, member) ? LINKS[member] : undefined);
  return rule && rule.link === fieldName(nounOf(owner) ?? '') ? undefined : rule;
}

/** The noun that a member of a request names, if any. */
export function referenceRule(owner: string, member: string): ReferenceRule | undefined {
  const own = (REFERENCES_IN as Readonly<Record<string, Readonly<Record<string, ReferenceRule>> | undefined>>)[owner];
  return own?.[member] ?? (Object.hasOwn(REFERENCES, member) ? REFERENCES[member] : undefined);
}

/**
 * Whether the `cluster` of a request follows from another member of it, or is ECS's default: the request names
 * something in the cluster. Otherwise the request is about the cluster itself.
 */
export function hasClusterOfAnother(operation: string, members: readonly string[]): boolean {
  return members.some((member) => {
    const noun = referenceRule(operation, member)?.noun;
    return noun !== undefined && IN_CLUSTER.has(noun);
  });
}

/** The field of an answer with a member as AWS sends it. */
export function outputFieldName(owner: string, member: string): string {
  const renamed = (RENAMED_MEMBERS as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>)[owner];
  return renamed?.[member] ?? linkRule(owner, member)?.raw ?? member;
}
