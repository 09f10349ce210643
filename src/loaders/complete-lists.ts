import { type ListInput, type ListItem, type ListOperation, listAll } from '../ecs/list.ts';
import type { EcsSession } from '../ecs/session.ts';

/** Lists that are read whole, each once for a request, for links that ECS has no filter for. */
export class CompleteLists {
  readonly #session: EcsSession;
  readonly #lists = new Map<string, Promise<readonly unknown[]>>();

  constructor(session: EcsSession) {
    this.#session = session;
  }

  /**
   * Every item of a list, in ECS's order.
   * @throws {EcsError}
   */
  read<Op extends ListOperation>(operation: Op, input: ListInput<Op>): Promise<readonly ListItem<Op>[]> {
    const key = `${operation} ${JSON.stringify(input)}`;
    const list = this.#lists.get(key) ?? listAll(this.#session, operation, input);
    this.#lists.set(key, list);
    return list as Promise<readonly ListItem<Op>[]>;
  }

  clear(): void {
    this.#lists.clear();
  }
}
