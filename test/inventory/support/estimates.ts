import type { Answer, World } from '../../support/gateway/world.ts';

export interface Estimate {
  readonly calls: number;
  readonly callsWithoutInventory?: number;
  readonly objects: number;
  readonly refusal: { readonly code: string; readonly message: string } | null;
}

/** Runs an operation with options beside it. */
export async function ask(
  { app }: World,
  query: string,
  ecs: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<object>> {
  const response = await app.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify({ query, extensions: { ecs } }),
    }),
  );
  return (await response.json()) as Answer<object>;
}

export async function estimate(world: World, query: string, more: object = {}, headers = {}): Promise<Estimate> {
  const { extensions, errors } = await ask(world, query, { estimate: true, ...more }, headers);
  const ecs = extensions?.ecs as { readonly estimate?: Estimate } | undefined;
  if (ecs?.estimate === undefined) throw new Error(`no estimate: ${JSON.stringify(errors)}`);
  return ecs.estimate;
}

/** All calls together. */
export const total = (calls: Readonly<Record<string, number>>) =>
  Object.values(calls).reduce((sum, each) => sum + each, 0);
