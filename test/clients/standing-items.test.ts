import { expect, it } from 'vitest';
import { standingItems } from '../../examples/dashboard/src/parts/standing-items.ts';

const item = (name: string, more: { readonly percent?: number; readonly outcome?: string } = {}) => ({
  name,
  outcome: null,
  ...more,
});

/** The items in view after each of these events. */
function viewsAfter(...events: readonly (readonly [type: string, ...items: ReturnType<typeof item>[]])[]) {
  let view: readonly ReturnType<typeof item>[] = [];
  return events.map(([type, ...items]) => {
    view = standingItems(view, { type, items }, ({ name }) => name);
    return view;
  });
}

it('keeps items that an event of a feed leaves out, each once, and one that ended until the next event', () => {
  const done = item('web', { outcome: 'SUCCEEDED' });
  expect(
    viewsAfter(
      ['SNAPSHOT', item('web'), item('api')],
      ['CHANGED', item('api', { percent: 50 }), item('cart')],
      ['ENDED', done],
      ['CHANGED', item('cart', { percent: 10 })],
    ),
  ).toEqual([
    [item('web'), item('api')],
    [item('web'), item('api', { percent: 50 }), item('cart')],
    [done, item('api', { percent: 50 }), item('cart')],
    [item('api', { percent: 50 }), item('cart', { percent: 10 })],
  ]);
});

it.each(['SNAPSHOT', 'RESYNC'])('shows only what a %s has', (type) => {
  expect(viewsAfter(['SNAPSHOT', item('web'), item('api')], [type, item('api')]).at(-1)).toEqual([item('api')]);
});
