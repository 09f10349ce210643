import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Backend } from '../../src/sandbox/backend/backend.ts';
import { EcsError } from '../../src/sandbox/checks/ecs-errors.ts';
import { readContract } from '../../src/sandbox/checks/operation-contracts.ts';
import { Clock } from '../../src/sandbox/time/clock.ts';
import { checkWorld } from './support/bookkeeping.ts';
import { buildEverything } from './support/every-resource.ts';
import { arbitraryInput } from './support/inputs/arbitrary-input.ts';

const CALLER = { principalArn: 'arn:aws:iam::123456789012:root' };
const contract = readContract();

const call = fc.oneof(
  ...[...contract.inputs].map(([operation, schema]) => {
    const input = schema.isStructSchema() ? arbitraryInput(contract, schema) : fc.constant({});
    return input.map((value) => ({ operation, input: JSON.parse(JSON.stringify(value)) as object }));
  }),
);

describe('a world of everything', () => {
  it('takes any sequence of calls, refusing what it must, without a defect and with its books in balance', () => {
    const sequence = fc.array(fc.tuple(call, fc.nat(120)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sequence, (calls) => {
        const backend = new Backend(new Clock(Date.parse('2026-03-01T00:00:00Z'), 0), contract, 'empty', 7);
        buildEverything(backend);
        for (const [{ operation, input }, seconds] of calls) {
          try {
            JSON.stringify(backend.call('eu-west-1', CALLER, operation, input));
          } catch (error) {
            if (!(error instanceof EcsError) || error.status >= 500) throw error;
          }
          backend.clock.advance(seconds * 1000);
        }
        backend.clock.advance(3600_000);
        checkWorld(backend.world('eu-west-1'));
      }),
      { numRuns: 120 },
    );
  });
});
