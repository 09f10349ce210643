import type { GraphQLError, ResponsePath } from 'graphql';

/** The errors of one execution, without errors below a place that is already null. */
export class FieldErrors {
  readonly list: GraphQLError[] = [];
  readonly #nulled = new Set<ResponsePath | undefined>();

  /** Adds an error that makes the value at this place null. Without a path, the whole answer is null. */
  add(error: GraphQLError, path: ResponsePath | undefined): void {
    for (let place = path; place !== undefined; place = place.prev) if (this.#nulled.has(place)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(path);
    this.list.push(error);
  }
}
