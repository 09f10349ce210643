import type { Gateway } from './gateway.ts';
import type { Message } from './messages.ts';
import type { Feed } from './operations.ts';
import type { FeedState, StateFile } from './state.ts';

/** A place of messages. */
export interface Room {
  /** Posts a message and returns its id. */
  post(message: Message): Promise<string>;
  edit(id: string, message: Message): Promise<void>;
}

interface FeedParts<Item> {
  readonly gateway: Gateway;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly keyOf: (item: Item) => string;
  readonly render: (item: Item) => Message;
  readonly state: FeedState;
  readonly file: StateFile;
  readonly room: Room;
  readonly signal: AbortSignal;
}

/**
 * One message for each thing that is under way, edited as it goes. The cursor is saved after the messages of its event. After a crash the last
 * event comes again and edits the same messages, so no event is lost.
 */
export async function followFeed<Item extends { readonly kind: string; readonly outcome: string | null }>(
  parts: FeedParts<Item>,
): Promise<void> {
  const { gateway, query, variables, keyOf, render, state, file, room, signal } = parts;
  for await (const feed of gateway.follow<Feed<Item>>(query, variables, { after: state.cursor, signal })) {
    for (const item of feed.items) {
      const key = keyOf(item);
      const known = state.messages[key];
      const message = render(item);
      const said = JSON.stringify(message);
      if (known === undefined) {
        state.messages[key] = { id: await room.post(message), said };
        // At once: without the id a restart would post it again instead of editing it.
        file.save();
      } else if (known.said !== said) {
        await room.edit(known.id, message);
        state.messages[key] = { id: known.id, said };
      }
      if (item.outcome !== null) delete state.messages[key];
    }
    state.cursor = feed.cursor;
    file.save();
  }
}
