import { serverAudits } from 'graphql-http';
import { afterAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/gateway/test-app.ts';

describe('GraphQL over HTTP: the graphql-http audit suite', async () => {
  const server = await startTestApp();
  const url = `${await server.listen()}/graphql`;
  afterAll(() => server[Symbol.asyncDispose]());

  const audits = serverAudits({ url });
  it('has all of its audits', () => expect(audits.length).toBeGreaterThanOrEqual(61));
  for (const audit of audits) {
    it(audit.name, async () => {
      const result = await audit.fn();
      expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
    });
  }
});
