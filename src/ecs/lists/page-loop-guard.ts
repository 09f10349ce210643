import { EcsError } from '../core/errors.ts';
import type { OperationName } from '../core/operations.ts';

/** Most pages of a list that are followed. */
const MOST_PAGES = 1_000;

/** The tokens of one list that were followed. It ends a list whose tokens form a circle. */
export class PageTrail {
  readonly #operation: OperationName;
  readonly #followed = new Set<string>();

  constructor(operation: OperationName) {
    this.#operation = operation;
  }

  /**
   * Returns the token of the next page unchanged.
   * @throws {EcsError} if the token led to a page before
   */
  follow<Token extends string | undefined>(token: Token): Token {
    if (token === undefined) return token;
    if (this.#followed.has(token) || this.#followed.size >= MOST_PAGES) {
      throw new EcsError(
        'UPSTREAM_INVALID_RESPONSE',
        this.#operation,
        `${this.#operation} sent a page token that leads in a circle`,
      );
    }
    this.#followed.add(token);
    return token;
  }
}
