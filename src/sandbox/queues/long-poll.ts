import type { QueueRecord } from '../model/messaging/queue-record.ts';
import type { World } from '../model/world.ts';
import { dueAction } from '../time/due-action.ts';
import { type Received, receiveMessages } from './messages.ts';

const pollIsOver = dueAction('queue.pollIsOver', (world: World, queue: QueueRecord) =>
  world.polls.expire(queue.arn, world.clock.now()),
);

/**
 * Receives messages, and waits for the first one if the queue is empty. The wait ends on virtual time, and on the client's
 * own clock at the latest: a paused sandbox must not hold a client longer than SQS would.
 */
export async function pollMessages(
  world: World,
  queue: QueueRecord,
  {
    most,
    visibility,
    waitSeconds,
  }: { readonly most: number; readonly visibility: number; readonly waitSeconds: number },
  gone: AbortSignal | undefined,
): Promise<readonly Received[]> {
  const { clock, polls } = world;
  const take = (): Received[] | undefined => {
    const received = receiveMessages(world, queue, most, visibility);
    return received.length === 0 ? undefined : received;
  };
  const found = take();
  if (found !== undefined || waitSeconds === 0) return found ?? [];
  const wait = waitSeconds * 1000;
  const due = clock.after(wait, pollIsOver, world, queue);
  const over = new AbortController();
  const timer = clock.afterReal(wait, () => over.abort());
  const signal = gone === undefined ? over.signal : AbortSignal.any([gone, over.signal]);
  try {
    return (await polls.wait(queue.arn, clock.now() + wait, take, signal)) ?? [];
  } finally {
    clock.cancel(due);
    timer.cancel();
  }
}
