import { CANARY, type DocumentMaker } from './documents.ts';
import type { Random } from './random.ts';

const TYPES = [
  'connection_init',
  'subscribe',
  'subscribe',
  'subscribe',
  'complete',
  'ping',
  'pong',
  'next',
  'error',
  'start',
  '__proto__',
  1,
  null,
];

/** Bodies of requests and messages of WebSockets: mostly well-formed around a document, and sometimes not. */
export class MessageMaker {
  readonly #random: Random;
  readonly #documents: DocumentMaker;

  constructor(random: Random, documents: DocumentMaker) {
    this.#random = random;
    this.#documents = documents;
  }

  /** The body of an HTTP request. */
  body(): string {
    const random = this.#random;
    if (random.chance(0.05))
      return random.pick(['', '{', '[]', 'null', '"x"', '1', '[{}]', '{"query":{}}', '{"query":[]}']);
    const body = this.#request();
    return JSON.stringify(random.chance(0.03) ? Array(1 + random.below(3)).fill(body) : body);
  }

  /** A message of a WebSocket. */
  message(): string {
    const random = this.#random;
    if (random.chance(0.1)) return random.pick(['', '{', '[]', 'null', '"x"', '1', '{}', '{"type":{}}']);
    const id = random.pick(['a', 'b', '', '__proto__', 1, null, 'x'.repeat(200)]);
    const type = random.pick(TYPES);
    const payload = random.chance(0.9) ? this.#request() : random.pick([null, 'x', 1, [], {}, { query: {} }]);
    return JSON.stringify(
      type === 'complete' || type === 'pong' || type === 'ping' ? { id, type } : { id, type, payload },
    );
  }

  #request(): object {
    const random = this.#random;
    return {
      query: this.#documents.make(),
      ...(random.chance(0.3) && { variables: this.#variables() }),
      ...(random.chance(0.1) && { operationName: random.pick(['Q', 'Nope', '', '__proto__', null]) }),
      ...(random.chance(0.05) && {
        extensions: random.pick([
          {},
          null,
          { persistedQuery: {} },
          { persistedQuery: { version: 1, sha256Hash: 'x' } },
        ]),
      }),
    };
  }

  #variables(): unknown {
    const random = this.#random;
    const deep = () => {
      const levels = 1 + random.below(30);
      return JSON.parse(`${'{"v":'.repeat(levels)}1${'}'.repeat(levels)}`) as unknown;
    };
    return random.pick([
      () => ({ v: random.pick([1, -1, 'x', null, [CANARY], { [CANARY]: 1 }, 1e300]) }),
      () => ({ ids: random.many(5, () => random.pick(['x', '__proto__', 1, null, [CANARY]])) }),
      () => ({ b: random.pick([true, 'true', [CANARY]]), constructor: 1 }),
      deep,
    ])();
  }
}
