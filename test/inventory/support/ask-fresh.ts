import type { Answer, World } from '../../support/gateway/world.ts';

/** Runs an operation whose reads are calls to ECS. */
export async function askFresh<Data = Record<string, never>>({ app }: World, query: string): Promise<Answer<Data>> {
  const response = await app.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'cache-control': 'no-cache' },
      body: JSON.stringify({ query }),
    }),
  );
  return (await response.json()) as Answer<Data>;
}
