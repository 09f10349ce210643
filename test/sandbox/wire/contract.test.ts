import * as ecs from '@aws-sdk/client-ecs';
import { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../../src/sandbox/backend/action-table.ts';
import { Backend } from '../../../src/sandbox/backend/backend.ts';
import { EcsError } from '../../../src/sandbox/checks/ecs-errors.ts';
import { ENUM_MEMBERS } from '../../../src/sandbox/checks/enum-members.ts';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import { Clock } from '../../../src/sandbox/time/clock.ts';
import { buildEverything } from '../support/every-resource.ts';
import { declaredMembers, modelledErrors } from '../support/inputs/declared-types.ts';
import { minimalInput, unknownMembers } from '../support/inputs/minimal-input.ts';

const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const contract = readContract();
const OPERATIONS = [...contract.inputs.keys()].sort();

function outputOf(operation: string): NormalizedSchema {
  for (const value of Object.values(ecs)) {
    if (!Array.isArray(value)) continue;
    const [kind, , name, , , output] = value as unknown[];
    if (kind === 9 && name === operation && typeof output === 'function') return NormalizedSchema.of(output());
  }
  throw new Error(`no output schema of ${operation}`);
}

/** The answer as a client gets it, or the error's code. */
function call(backend: Backend, operation: string, input: unknown): { answer?: unknown; code?: string } {
  try {
    return { answer: JSON.parse(JSON.stringify(backend.call('eu-west-1', CALLER, operation, input))) };
  } catch (error) {
    if (error instanceof EcsError) return { code: error.code };
    throw error;
  }
}

function newBackend(): Backend {
  return new Backend(new Clock(Date.parse('2026-03-01T00:00:00Z'), 0), contract, 'empty', 7);
}

describe('the operations of the SDK', () => {
  it('are all simulated, and no others', () => {
    expect(OPERATIONS).toHaveLength(88);
    expect(Object.keys(ACTIONS).sort()).toEqual(OPERATIONS);
  });

  it.each(OPERATIONS)('%s answers its smallest input with its own shape or an error of its own', (operation) => {
    const schema = contract.inputs.get(operation);
    const input = schema?.isStructSchema() ? minimalInput(schema) : {};
    for (const prepare of [() => {}, buildEverything]) {
      const backend = newBackend();
      prepare(backend);
      const { answer, code } = call(backend, operation, input);
      if (code !== undefined) expect(modelledErrors(operation)).toContain(code);
      else expect(unknownMembers(outputOf(operation), answer)).toEqual([]);
    }
  });

  it('carry only members of their shapes in a world that has something of everything', () => {
    const backend = newBackend();
    const { reads } = buildEverything(backend);
    for (const { operation, input } of reads) {
      const { answer, code } = call(backend, operation, input);
      expect([operation, code]).toEqual([operation, undefined]);
      expect([operation, unknownMembers(outputOf(operation), answer)]).toEqual([operation, []]);
    }
    const names = new Set(reads.map((read) => read.operation));
    const left = OPERATIONS.filter((name) => /^(Describe|List|Get)/.test(name) && !names.has(name));
    expect(left).toEqual([]);
  });
});

describe('a cluster', () => {
  it('has at most 5,000 container instances', () => {
    const backend = newBackend();
    call(backend, 'CreateCluster', {});
    for (let made = 0; made < 5000; made += 1) backend.call('eu-west-1', CALLER, 'RegisterContainerInstance', {});
    const register = () => call(backend, 'RegisterContainerInstance', {});
    expect(register().code).toBe('ClientException');
    const { answer } = call(backend, 'ListContainerInstances', { maxResults: 1 });
    const [containerInstance] = (answer as { containerInstanceArns: string[] }).containerInstanceArns;
    call(backend, 'DeregisterContainerInstance', { containerInstance });
    expect(register().code).toBeUndefined();
  });
});

describe('the enums of inputs', () => {
  it('are all known, and no others', () => {
    const declarations = declaredMembers();
    const enums = new Set(
      Object.entries(ecs)
        .filter(([, value]) => typeof value === 'object' && value !== null && !Array.isArray(value))
        .map(([name]) => name),
    );
    const found: Record<string, Record<string, string>> = {};
    const walk = (schema: NormalizedSchema): void => {
      if (schema.isListSchema() || schema.isMapSchema()) walk(schema.getValueSchema());
      const shape = schema.getName() ?? '';
      if (!schema.isStructSchema() || shape in found) return;
      found[shape] = {};
      for (const [name, member] of schema.structIterator()) {
        const { typeName = '' } = declarations.get(shape)?.get(name) ?? {};
        if (enums.has(typeName)) found[shape][name] = typeName;
        walk(member);
      }
    };
    for (const schema of contract.inputs.values()) walk(schema);
    const withEnums = Object.entries(found).filter(([, members]) => Object.keys(members).length > 0);
    expect(ENUM_MEMBERS).toEqual(Object.fromEntries(withEnums));
  });
});
