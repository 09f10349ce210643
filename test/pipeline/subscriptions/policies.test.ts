import type { OperationDefinitionNode } from 'graphql';
import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { InFlight } from '../../../src/pipeline/core/in-flight.ts';
import type { OperationRecord } from '../../../src/pipeline/core/operation-record.ts';
import type { Caller, Operation } from '../../../src/pipeline/core/request-context.ts';
import { createSubscribe, type SubscribeParts } from '../../../src/pipeline/subscriptions/subscribe.ts';

const FORBIDDEN = new GraphQLError('The policies do not allow this.', { extensions: { code: 'FORBIDDEN' } });

describe('a subscription and the policies that change while it opens', () => {
  /** Listeners to changes of the policies. */
  let listeners: Set<() => void>;
  /** Streams that ended without a subscriber. */
  let returned: number;
  let reopened: number;
  beforeEach(() => {
    listeners = new Set();
    [returned, reopened] = [0, 0];
  });
  const change = () => {
    for (const listener of listeners) listener();
  };

  function source(): AsyncIterable<unknown> {
    const iterator = {
      next: () => new Promise<IteratorResult<unknown>>(() => undefined),
      return: async () => {
        returned += 1;
        return { value: undefined, done: true as const };
      },
    };
    return { [Symbol.asyncIterator]: () => iterator, ...iterator };
  }

  /** Opens a stream. `check` runs when its rights are asked again. */
  async function subscribe(open: SubscribeParts['open'], check = (): void => undefined) {
    const log = pino({ level: 'silent' });
    const parts: Partial<SubscribeParts> = {
      log,
      inFlight: { start: () => () => undefined } as unknown as InFlight,
      groupOf: () => 'all',
      open: (operation, request) => {
        request.onAuthorized?.(async () => check());
        return open(operation, request);
      },
      reopen: async (_, ask) => {
        reopened += 1;
        await ask({} as never);
      },
      onPolicyChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const { signal } = new AbortController();
    const caller = { requestId: '1', transport: 'ws', principal: { name: 'me' }, signal } as Partial<Caller> as Caller;
    const record = { createLog: () => log, ended: () => undefined } as Partial<OperationRecord> as OperationRecord;
    return createSubscribe(parts as SubscribeParts)({} as Operation, caller, {} as OperationDefinitionNode, record);
  }

  it('listens to them for as long as it lasts', async () => {
    const stream = await subscribe(async () => source());
    expect([listeners.size, reopened]).toEqual([1, 0]);
    await (stream as AsyncGenerator).return(undefined);
    expect([listeners.size, returned]).toEqual([0, 1]);
  });

  it.each<[string, SubscribeParts['open']]>([
    ['is refused', async () => ({ errors: [FORBIDDEN] })],
    ['cannot be opened', () => Promise.reject(FORBIDDEN)],
  ])('does not listen to them when it %s', async (_, open) => {
    expect(await subscribe(open)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(listeners.size).toBe(0);
  });

  it('asks each of them, also those that change while others are asked', async () => {
    const open = async () => {
      change();
      return source();
    };
    const stream = await subscribe(open, () => {
      if (reopened < 3) change();
    });
    expect([reopened, listeners.size, returned]).toEqual([3, 1, 0]);
    await (stream as AsyncGenerator).return(undefined);
  });

  it('ends before its first event when the last of them refuse it', async () => {
    const open = async () => {
      change();
      return source();
    };
    const answer = await subscribe(open, () => {
      if (reopened === 2) throw FORBIDDEN;
      change();
    });
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect([reopened, listeners.size, returned]).toEqual([2, 0, 1]);
  });
});
