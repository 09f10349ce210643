import { createClient } from '@redis/client';

/** Everything that a Redis holds: names of keys, and values of every type. */
export async function redisTexts(url: string): Promise<string[]> {
  const client = await createClient({ url }).connect();
  const texts: string[] = [];
  try {
    for await (const names of client.scanIterator({ COUNT: 1_000 })) {
      for (const name of names) texts.push(name, ...textsIn(await client.sendCommand(await readCommand(client, name))));
    }
  } finally {
    client.destroy();
  }
  return texts;
}

async function readCommand(client: { type(name: string): Promise<string> }, name: string): Promise<string[]> {
  const type = await client.type(name);
  const command = {
    string: ['GET', name],
    hash: ['HGETALL', name],
    list: ['LRANGE', name, '0', '-1'],
    set: ['SMEMBERS', name],
    zset: ['ZRANGE', name, '0', '-1'],
    stream: ['XRANGE', name, '-', '+'],
  }[type];
  if (command === undefined) throw new Error(`${name} is a ${type}`);
  return command;
}

/** The texts in a reply of any shape. */
function textsIn(reply: unknown): string[] {
  if (Array.isArray(reply)) return reply.flatMap(textsIn);
  if (typeof reply === 'object' && reply !== null) return Object.entries(reply).flatMap(textsIn);
  return reply === null || reply === undefined ? [] : [String(reply)];
}
