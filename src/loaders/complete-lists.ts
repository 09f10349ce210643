import type { KeptList } from '../ecs/consistency/read-cache.ts';
import type { ListInput, ListItem, ListOperation } from '../ecs/core/list-operations.ts';
import { listAll } from '../ecs/lists/list.ts';
import { correctedWhole } from '../ecs/lists/list-correction.ts';
import type { EcsSession } from '../ecs/request-session.ts';

/** The lists whose items are ARNs. */
type ArnList = { [Op in ListOperation]: ListItem<Op> extends string ? Op : never }[ListOperation];

/** Lists that are read completely, once for a request, for links that ECS has no filter for. */
export class CompleteLists {
  readonly #session: EcsSession;
  readonly #lists = new Map<string, Promise<readonly string[]>>();

  constructor(session: EcsSession) {
    this.#session = session;
  }

  /**
   * Every ARN of a list, corrected by recent writes, in ECS's order. New resources that ECS does not list yet come
   * first.
   * @throws {EcsError}
   */
  read<Op extends ArnList>(operation: Op, input: ListInput<Op>): Promise<readonly string[]> {
    const key = `${operation} ${JSON.stringify(input)}`;
    const list = this.#lists.get(key) ?? this.#readAll(operation, input);
    this.#lists.set(key, list);
    return list;
  }

  /**
   * As `read`, but the list may have been read up to half a minute ago, and says when. The latest writes of this
   * gateway show in it.
   * @throws {EcsError}
   */
  async readKept<Op extends ArnList>(operation: Op, input: ListInput<Op>): Promise<KeptList> {
    const read = () => listAll(this.#session, operation, input);
    const { keys = [], at = this.#session.now() } = (await this.#session.keptList(operation, input, read)) ?? {};
    return { keys: await correctedWhole(keys, this.#session.correctionOf(operation, input)), at };
  }

  clear(): void {
    this.#lists.clear();
  }

  async #readAll<Op extends ArnList>(operation: Op, input: ListInput<Op>): Promise<readonly string[]> {
    const arns: readonly string[] = await listAll(this.#session, operation, input);
    return correctedWhole(arns, this.#session.correctionOf(operation, input));
  }
}
