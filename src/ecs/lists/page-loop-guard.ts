import { EcsError } from '../core/errors.ts';
import type { OperationName } from '../core/operations.ts';

/** No list is followed for more pages than this. */
const MOST_PAGES = 1_000;

/** The pages of one list that have been followed: tokens that lead in a circle must end. */
export class PageTrail {
  readonly #operation: OperationName;
  readonly #followed = new Set<string>();

  constructor(operation: OperationName) {
    this.#operation = operation;
  }

  /**
   * Gives back the token of the next page, or what stands for none.
   * @throws {EcsError} where it led to a page before
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
