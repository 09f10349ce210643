import { getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

describe('an enum in an input', () => {
  it('lacks UNRECOGNIZED: a value that the schema does not know cannot be asked for', () => {
    const types = Object.values(sharedSchema().getTypeMap());
    const given = types.flatMap((type) => {
      if (isInputObjectType(type))
        return Object.values(type.getFields()).map((member) => [`${type.name}.${member.name}`, member.type] as const);
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      return Object.values(type.getFields()).flatMap(({ name, args }) =>
        args.map((arg) => [`${type.name}.${name}(${arg.name}:)`, arg.type] as const),
      );
    });
    const enums = given.flatMap(([path, type]) => {
      const named = getNamedType(type);
      return isEnumType(named) && !type.toString().startsWith('__') ? [[path, named] as const] : [];
    });
    expect(enums.length).toBeGreaterThan(50);
    expect(enums.filter(([, type]) => type.getValue('UNRECOGNIZED')).map(([path]) => path)).toEqual([]);
  });
});
