import { type DocumentNode, getOperationAST, Kind, parse, validate } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../../src/http/graphiql/examples.ts';
import { startDemo } from '../../support/gateway/demo.ts';
import { sharedSchema } from '../../support/gateway/shared-schema.ts';

describe('the tabs of GraphiQL', async () => {
  const demo = await startDemo();
  afterAll(() => demo[Symbol.asyncDispose]());
  const schema = sharedSchema();

  it('have comments that fit the editor beside the docs in a window of 1,280 pixels', () => {
    const comments = EXAMPLES.flatMap(({ query }) => query.split('\n').filter((line) => line.startsWith('#')));
    expect(comments.filter((line) => line.length > 31)).toEqual([]);
  });

  for (const { query, variables } of EXAMPLES) {
    const document = parse(query);
    for (const name of namesOf(document)) {
      const operation = getOperationAST(document, name);
      it(`${name} runs as it is against the demo world`, async () => {
        expect(validate(schema, document)).toEqual([]);
        const response = await demo.app.fetch(
          new Request('http://localhost/graphql', {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              accept: operation?.operation === 'subscription' ? 'text/event-stream' : 'application/json',
            },
            body: JSON.stringify({ query, operationName: name, variables: variables && JSON.parse(variables) }),
          }),
        );
        const answer = await firstAnswer(response);
        expect(answer.errors).toBeUndefined();
        expect(Object.values(answer.data ?? {})).not.toContain(null);
        expect(JSON.stringify(answer.data)).not.toContain('"nodes":[]');
      });
    }
  }
});

function namesOf({ definitions }: DocumentNode): string[] {
  return definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION && one.name ? [one.name.value] : []));
}

interface Answer {
  readonly data?: object;
  readonly errors?: unknown;
}

async function firstAnswer(response: Response): Promise<Answer> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return (await response.json()) as Answer;
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let match: RegExpExecArray | null = null;
  while (!match) {
    text += (await reader?.read())?.value ?? '';
    match = /^data: (\{.*\})$/m.exec(text);
  }
  await reader?.cancel();
  return JSON.parse(match[1] ?? '') as Answer;
}
