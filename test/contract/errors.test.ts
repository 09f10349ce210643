import { readFile } from 'node:fs/promises';
import * as sdk from '@aws-sdk/client-ecs';
import { isEnumType } from 'graphql';
import { expect, it } from 'vitest';
import { printErrors } from '../../src/codegen/errors.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import {
  AnswerTooLargeError,
  EcsError,
  type EcsErrorCode,
  InvalidAnswerError,
  toEcsError,
} from '../../src/ecs/core/errors.ts';
import { requestError } from '../../src/pipeline/core/public-errors.ts';
import { ERROR_CODES, type ErrorCode } from '../../src/schema/core/error-codes.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';

it('docs/errors.md is the table of codes: npm run generate', async () => {
  expect(await readFile('docs/errors.md', 'utf8')).toBe(printErrors());
});

it('the codes name settings that there are', () => {
  const settings = Object.values(SETTINGS).map(({ env }) => env);
  const named = Object.values(ERROR_CODES).flatMap(({ description }) => description.match(/`[A-Z][A-Z_]+`/g) ?? []);
  expect(named.length).toBeGreaterThan(15);
  for (const name of named) expect(settings).toContain(name.slice(1, -1));
});

interface Row {
  readonly code: ErrorCode;
  readonly again: string;
  readonly status: number;
}

/** The rows of docs/errors.md, as a reader finds them. */
async function rows(): Promise<Row[]> {
  const table = [
    ...(await readFile('docs/errors.md', 'utf8')).matchAll(/^\| ([A-Z_]+) \| .* \| (.*?) ?\| (\d{3}) \|$/gm),
  ];
  return table.map(([, code, again = '', status]) => ({ code: code as ErrorCode, again, status: Number(status) }));
}

it('docs/errors.md and the enum ErrorCode have the same codes', async () => {
  const codes = (await rows()).map(({ code }) => code);
  expect(codes).toEqual(Object.keys(ERROR_CODES));
  const type = sharedSchema().getType('ErrorCode');
  expect(isEnumType(type) && type.getValues().map(({ name }) => name)).toEqual([...codes].sort());
});

it('an error of each code is retryable, and has the HTTP status, as docs/errors.md says', async () => {
  for (const { code, again, status } of await rows()) {
    const { extensions } = requestError(code, 'text');
    expect({ code, ...extensions }).toMatchObject({ code, retryable: again.startsWith('yes'), http: { status } });
    expect(new EcsError(code as EcsErrorCode, 'ListTasks', 'text').retryable, code).toBe(
      isOfEcs(code) && again.startsWith('yes'),
    );
  }
});

/** Codes that only a call to ECS has. */
function isOfEcs(code: string): boolean {
  return code.startsWith('UPSTREAM_');
}

it('each failure of a call to ECS is retryable only as docs/errors.md lists it', async () => {
  const table = new Map((await rows()).map(({ code, again }) => [code as string, again]));
  const exceptions = Object.keys(sdk).filter((name) => /Exception$/.test(name));
  const names = [...exceptions, 'Throttling', 'TimeoutError', 'AccessDenied', 'SyntaxError', 'UnknownError', 'New', ''];
  const seen = new Set<string>();
  for (const name of names) {
    for (const httpStatusCode of [undefined, 200, 302, 400, 403, 404, 429, 500, 501, 502, 503]) {
      for (const kind of [{}, { $fault: 'client' }, { $response: {} }]) {
        const thrown = Object.assign(new Error('text'), { name, $metadata: { httpStatusCode }, ...kind });
        const error = toEcsError('ListTasks', thrown);
        const again = table.get(error.code) ?? 'no such code';
        const isExcepted = again.includes(' not if ') && httpStatusCode === 500;
        expect({ name, httpStatusCode, kind, code: error.code, retryable: error.retryable }).toMatchObject({
          retryable: again.startsWith('yes') && !isExcepted,
        });
        seen.add(error.code);
      }
    }
  }
  for (const thrown of [new InvalidAnswerError('is empty'), new AnswerTooLargeError('has more than 5 bytes')]) {
    const { code, retryable } = toEcsError('ListTasks', thrown);
    expect({ code, retryable }).toMatchObject({ retryable: table.get(code) !== '' });
    seen.add(code);
  }
  expect(seen.size).toBeGreaterThan(12);
});
