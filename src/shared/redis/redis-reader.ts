import { type BlockingReader, MOST_BLOCK_MS, SharedError } from '../store.ts';
import type { LimitedCommands } from './limited-commands.ts';
import { type RedisClient, startConnecting } from './redis-client.ts';

/** An answer may take this much longer than the command blocks. Until then, a server that hangs is noticed by other commands. */
const EXTRA_MS = 2_000;

/** A connection of its own for blocking commands, which hold up everything behind them. */
export class RedisReader implements BlockingReader {
  readonly #commands: LimitedCommands;
  #client: RedisClient;
  readonly #unblock: (clientId: string) => void;
  #clientId: string | undefined;
  #isReading = false;

  /** @param unblock ends the wait of a connection, sent by another connection */
  constructor(client: RedisClient, commands: LimitedCommands, unblock: (clientId: string) => void) {
    this.#commands = commands;
    this.#unblock = unblock;
    this.#client = this.#started(client);
  }

  /** Goes on with another connection. */
  moveTo(client: RedisClient): void {
    this.close();
    this.#client = this.#started(client);
  }

  async read(args: readonly string[], blockMs: number): Promise<unknown> {
    if (blockMs > MOST_BLOCK_MS) throw new RangeError(`a read may block for ${MOST_BLOCK_MS} ms at most`);
    if (!this.#client.isReady) throw new SharedError('AWAY', 'Redis is not connected');
    this.#isReading = true;
    try {
      const kind = `${args[0]?.toLowerCase()} block`;
      return await this.#commands.send(kind, blockMs + EXTRA_MS, () => this.#client.sendCommand([...args]));
    } finally {
      this.#isReading = false;
    }
  }

  interrupt(): void {
    if (this.#isReading && this.#clientId !== undefined) this.#unblock(this.#clientId);
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  #started(client: RedisClient): RedisClient {
    this.#clientId = undefined;
    const identify = async () => {
      const id = await client.sendCommand(['CLIENT', 'ID']).then(String, () => undefined);
      if (client === this.#client) this.#clientId = id;
    };
    startConnecting(
      client,
      () => void identify(),
      () => {
        if (client === this.#client) this.#clientId = undefined;
      },
    );
    return client;
  }
}
