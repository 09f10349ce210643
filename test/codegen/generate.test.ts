import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-ecs';
import { afterAll, describe, expect, it } from 'vitest';
import { readDeclarations } from '../../src/codegen/declarations.ts';
import { emit } from '../../src/codegen/emit.ts';
import { staleFiles } from '../../src/codegen/main.ts';
import { type Members, readApi } from '../../src/codegen/sdk.ts';

const api = readApi();
const files = emit(api);
const exported = Object.entries(sdk) as [string, unknown][];

describe('npm run generate', () => {
  it('has been run: src/schema/generated is what the installed SDK gives', () => {
    expect(staleFiles(files)).toStrictEqual([]);
  });

  it('gives the same twice', () => {
    expect([...emit(readApi())]).toStrictEqual([...files]);
  });

  it('keeps files of a size that can be read, and lines that the formatter leaves alone', () => {
    for (const [file, text] of files) {
      const lines = text.split('\n');
      expect(lines.length, file).toBeLessThan(600);
      expect(Math.max(...lines.map((line) => line.length)), file).toBeLessThanOrEqual(120);
    }
  });

  it('misses no operation, structure, union or enum of the SDK', () => {
    const commands = exported
      .filter(([name]) => /^[A-Z].*Command$/.test(name))
      .map(([name]) => name.replace(/Command$/, ''));
    expect(Object.keys(api.operations)).toStrictEqual(commands.sort());
    const schemas = exported.filter(([name, value]) => name.endsWith('$') && Array.isArray(value)) as [
      string,
      unknown[],
    ][];
    const ofKind = (...kinds: number[]) =>
      schemas.filter(([, [kind]]) => kinds.includes(kind as number)).map(([, schema]) => schema[2]);
    const messages = Object.values(api.operations).flatMap(({ request, response }) => [request, response]);
    expect([...Object.keys(api.structures), ...messages].sort()).toStrictEqual(ofKind(3, 4).sort());
    expect(api.unions).toStrictEqual(ofKind(4).sort());
    expect(Object.keys(api.enums).length).toBeGreaterThanOrEqual(119);
  });

  it('takes from the declarations as many required members as the runtime schemas count', () => {
    // [kind, namespace, name, traits, members, types, required]
    const required = new Map(
      exported.flatMap(([name, value]) =>
        name.endsWith('$') && Array.isArray(value) && value[0] === 3
          ? [[value[2] as string, (value[6] as number) ?? 0]]
          : [],
      ) as [string, number][],
    );
    const counted = (members: Members) => Object.values(members).filter((type) => /!( |$)/.test(type)).length;
    const all: [string, Members][] = [
      ...Object.entries(api.structures),
      ...Object.values(api.operations).map(({ request, input }): [string, Members] => [request, input]),
    ];
    const wrong = all.filter(
      ([name, members]) => !api.unions.includes(name) && counted(members) !== required.get(name),
    );
    expect(wrong.map(([name]) => name)).toStrictEqual([]);
    expect(Object.values(api.structures.SharingStrategy ?? {})).toStrictEqual(['NvidiaMpsAllocation']);
  });

  it('links enums, and carries over secrets, tokens and deprecation', () => {
    expect(api.structures.ContainerDefinition).toMatchObject({
      environment: '[KeyValuePair!] @sensitive',
      dockerLabels: 'StringMap',
      versionConsistency: 'VersionConsistency',
    });
    expect(api.structures.Deployment?.rolloutState).toBe('DeploymentRolloutState');
    expect(api.structures.TaskDefinition?.compatibilities).toBe('[Compatibility!]');
    expect(api.structures.DeploymentLifecycleHook?.hookDetails).toBe('JSON');
    expect(api.operations.RunTask?.input.clientToken).toBe('String @idempotencyToken');
    expect(api.operations.RegisterTaskDefinition?.input.inferenceAccelerators).toMatch(
      / @deprecated\(\d{4}-\d\d-\d\d\)$/,
    );
  });
});

describe('declarations', () => {
  it('distinguish optional from required, enums through lists, and deprecated members', () => {
    const text = `
      export interface Thing {
        /** Old. @deprecated (since 2020-01-02) gone */
        a?: Color[] | undefined;
        /** @deprecated */
        b: string | undefined;
        c?: Color | undefined;
      }
      export type Either = Either.OneMember | Either.$UnknownMember;
      export declare namespace Either {
        interface OneMember { one: Thing; $unknown?: never }
        interface $UnknownMember { one?: never; $unknown: [string, any] }
      }`;
    const declarations = readDeclarations(new Map([['x.d.ts', text]]));
    expect(declarations.get('Thing')).toStrictEqual(
      new Map([
        ['a', { typeName: 'Color', optional: true, deprecated: '2020-01-02' }],
        ['b', { typeName: undefined, optional: false, deprecated: '' }],
        ['c', { typeName: 'Color', optional: true, deprecated: undefined }],
      ]),
    );
    expect([...(declarations.get('Either')?.keys() ?? [])]).toStrictEqual(['one']);
    expect(() => readDeclarations(new Map([['bad.d.ts', 'export interface {']]))).toThrow('bad.d.ts');
  });
});

describe('--check', () => {
  const folder = `${mkdtempSync(join(tmpdir(), 'values-'))}/`;
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names files that are missing, changed or too many', () => {
    for (const [file, text] of files) writeFileSync(folder + file, text);
    expect(staleFiles(files, folder)).toStrictEqual([]);
    writeFileSync(`${folder}extra.ts`, '');
    writeFileSync(`${folder}enums.ts`, 'edited');
    rmSync(`${folder}types.ts`);
    expect(staleFiles(files, folder)).toStrictEqual(['enums.ts', 'extra.ts', 'types.ts']);
  });
});
