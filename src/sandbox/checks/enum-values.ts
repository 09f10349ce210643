import * as ecs from '@aws-sdk/client-ecs';
import { ENUM_MEMBERS } from './enum-members.ts';

/** The allowed values of a shape's member; undefined if any string is allowed. */
export type EnumValues = (shape: string, member: string) => ReadonlySet<string> | undefined;

function valuesOf(exported: ReadonlyMap<string, unknown>, name: string): ReadonlySet<string> {
  const found = exported.get(name);
  if (typeof found !== 'object' || found === null) throw new Error(`The SDK has no enum ${name}`);
  return new Set(Object.values(found).filter((value) => typeof value === 'string'));
}

export function readEnums(): EnumValues {
  const exported = new Map<string, unknown>(Object.entries(ecs));
  const sets = new Map<string, ReadonlySet<string>>();
  for (const [shape, members] of Object.entries(ENUM_MEMBERS)) {
    for (const [member, name] of Object.entries(members)) sets.set(`${shape}.${member}`, valuesOf(exported, name));
  }
  return (shape, member) => sets.get(`${shape}.${member}`);
}
