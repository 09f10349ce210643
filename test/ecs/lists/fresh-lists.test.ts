import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS, type Write } from '../../schema/lists/paging-kinds.ts';
import { preparePaging } from '../../schema/lists/prepare-paging.ts';
import { pastGateway } from '../../support/ecs/call-ecs.ts';
import { createWorld, type World } from '../../support/gateway/world.ts';

/** The lists that may be older than a read, and say when they were read. */
const SAY_WHEN: readonly string[] = ['search'];

describe('a list that is read again after another client has created something', () => {
  let world: World;
  let past: Write;
  let serial = 0;
  const nextName = () => {
    serial += 1;
    return `fresh-${serial}`;
  };
  beforeAll(async () => {
    // Answers are forgotten at once. What is kept for longer is kept.
    world = await createWorld({ seed: 'empty' }, { MEMORY_TTL: '1ms' });
    past = pastGateway(world);
    await preparePaging(past);
  });
  afterAll(() => world.dispose());

  it.each(Object.entries(KINDS))('%s shows it, or says how old it is', async (name, kind) => {
    const isSaid = SAY_WHEN.includes(name);
    const read = async (first: number, after = '') => {
      const page = `list: ${kind.field.replace('PAGE', 'first: $first, after: $after')} {
        nodes { ${kind.member} } totalCount { value asOf } pageInfo { endCursor } ${isSaid ? 'asOf' : ''} }`;
      const { list, parent } = await world.data<{ list?: Read; parent?: { list: Read } }>(
        `query ($first: Int, $after: String) { ${kind.parent === undefined ? page : `parent: ${kind.parent} { ${page} }`} }`,
        { first, after },
      );
      const found = list ?? parent?.list;
      if (found === undefined) throw new Error('no list');
      return { ...found, items: found.nodes.map((node) => Object.values(node).join(' ')) };
    };
    await kind.create(past, nextName());
    world.sandbox.clock.advance(20_000);
    await read(200);
    const { pageInfo } = await read(1);
    world.sandbox.clock.advance(2_000);
    const item = await kind.create(past, nextName());
    if (kind.beginsAfterMs !== undefined) world.sandbox.clock.advance(kind.beginsAfterMs);
    const readAt = world.sandbox.clock.now();
    const first = await read(200);
    const later = await read(200, pageInfo.endCursor ?? '');
    if (isSaid) {
      expect(first.items).not.toContain(item);
      expect(Date.parse(first.asOf ?? '')).toBeLessThan(readAt - 1_000);
      expect(first.totalCount.asOf).toBe(first.asOf);
      return;
    }
    expect(first.items).toContain(item);
    expect(first.totalCount.value).toBe(first.items.length);
    expect([...later.items, ...(await read(1)).items]).toContain(item);
  });
});

interface Read {
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly totalCount: { readonly value: number; readonly asOf: string };
  readonly pageInfo: { readonly endCursor: string | null };
  readonly asOf?: string;
}
