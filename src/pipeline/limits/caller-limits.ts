import type { GraphQLError } from 'graphql';
import type { Principal } from '../../auth/principal.ts';
import type { CallLimit } from '../../ecs/core/call-cost.ts';
import type { Cost } from '../admission/cost-estimate.ts';
import { OperationSlots } from '../admission/operation-slots.ts';
import { requestError } from '../core/public-errors.ts';
import { MutationWindow } from './mutation-window.ts';
import type { Leave, PlaceKind, PlacesOfReplicas } from './places-of-replicas.ts';
import { limitText, type RoleLimit, type RoleLimits } from './role-limits.ts';

const RETRY_AFTER_MS = 1_000;
const RETRY_SOON = { headers: { 'retry-after': '1' }, extensions: { retryAfterMs: RETRY_AFTER_MS } };

/** Counts the writes of each principal at all replicas in the last minute. */
export interface SharedMutations {
  readonly isAway: boolean;
  readonly replicas: number;
  /** As `MutationWindow.take`. Undefined also if the count cannot be known. */
  take(principal: string, count: number, most: number): Promise<number | undefined>;
}

/** The counts of a principal at all replicas. */
export interface CountsOfReplicas {
  readonly mutations: SharedMutations;
  readonly places: PlacesOfReplicas;
}

/** Applies the limits of roles. They count by principal, wherever its callers are; other limits hold beside them. */
export class CallerLimits {
  readonly #roles: RoleLimits;
  readonly #slots: OperationSlots;
  readonly #mutations: MutationWindow;
  readonly #shared: SharedMutations | undefined;
  readonly #places: PlacesOfReplicas | undefined;
  readonly #longestWait: number;
  readonly #now: () => number;

  /**
   * @param longestWait how long an operation waits for others of its principal, in milliseconds
   * @param replicas count over all replicas; absent for a gateway without replicas
   * @param now a monotonic clock in milliseconds
   */
  constructor(
    roles: RoleLimits,
    longestWait: number,
    replicas?: CountsOfReplicas,
    now: () => number = () => performance.now(),
  ) {
    this.#shared = replicas?.mutations;
    this.#places = replicas?.places;
    this.#longestWait = longestWait;
    this.#now = now;
    this.#roles = roles;
    const most = Number.POSITIVE_INFINITY;
    this.#slots = new OperationSlots({ most, mostOfOneCaller: most, longestWait });
    this.#mutations = new MutationWindow(now);
  }

  /** Refuses an operation that could cost more than the role allows. */
  costRefusal(principal: Principal, { calls, objects }: Cost, isStream: boolean): GraphQLError | undefined {
    const { cost: mostCalls, objects: mostObjects } = this.#roles.of(principal);
    const what = isStream ? 'An event of the subscription' : 'The operation';
    const advice = 'Smaller pages (first) need fewer.';
    if (mostCalls !== undefined && calls > mostCalls.value) {
      const message = `${what} could need ${calls} ECS calls, and ${limitText('cost', mostCalls)}. ${advice}`;
      return requestError('QUERY_TOO_EXPENSIVE', message, { extensions: { cost: calls, limit: mostCalls.value } });
    }
    if (mostObjects === undefined || objects <= mostObjects.value) return undefined;
    const message = `${what} could have ${objects} objects, and ${limitText('objects', mostObjects)}. ${advice}`;
    return requestError('QUERY_TOO_EXPENSIVE', message, { extensions: { objects, limit: mostObjects.value } });
  }

  callLimitOf(principal: Principal): CallLimit | undefined {
    const { cost } = this.#roles.of(principal);
    return cost && { most: cost.value, setting: `"cost" of the role "${cost.role}" in LIMITS_FILE` };
  }

  /** The most objects that an answer may have by the principal's role; undefined if its role has no such limit. */
  objectsOf(principal: Principal): number | undefined {
    return this.#roles.of(principal).objects?.value;
  }

  /** The part of the event loop's time that a principal may use while others are active, up to 1. */
  timeOf(principal: Principal): number {
    return (this.#roles.of(principal).cpuPercent?.value ?? 100) / 100;
  }

  /** Refuses a stream beside as many at this replica as the role allows. */
  streamRefusal(principal: Principal, streams: number): GraphQLError | undefined {
    const limit = this.#roles.of(principal).streams;
    if (limit === undefined || streams < limit.value) return undefined;
    const message = `"${shortName(principal)}" follows ${streams} streams, and ${limitText('streams', limit)}.${this.#whose()}`;
    return requestError('TOO_MANY_SUBSCRIPTIONS', message, RETRY_SOON);
  }

  /**
   * Counts a stream over all replicas, or refuses it. The returned function ends it.
   * @returns undefined if there is nothing to count
   */
  follow(principal: Principal): Promise<Leave | GraphQLError> | undefined {
    const limit = this.#roles.of(principal).streams;
    if (limit === undefined || this.#places === undefined) return undefined;
    return this.#placed('streams', principal, limit).then((leave) => {
      if (leave !== undefined) return leave;
      const message = `"${shortName(principal)}" follows as many streams as it may: ${limitText('streams', limit)}.${this.#whose()}`;
      return requestError('TOO_MANY_SUBSCRIPTIONS', message, RETRY_SOON);
    });
  }

  /** Counts writes at this replica, or refuses them if the role allows no more in this minute. */
  mutationRefusal(principal: Principal, count: number): GraphQLError | undefined {
    const limit = this.#roles.of(principal).mutationsPerMinute;
    if (limit === undefined) return undefined;
    // Without the others' counts, each replica allows its part.
    const part = this.#shared?.isAway === true ? this.#shared.replicas : 1;
    const most = limit.value === 0 ? 0 : Math.max(count, Math.floor(limit.value / part));
    const waitMs = this.#mutations.take(principal.name, count, Math.min(most, limit.value));
    return this.#tooManyMutations(principal, count, limit, waitMs);
  }

  /** Counts writes over all replicas, or refuses them; this replica then counts them no more. */
  async sharedMutationRefusal(principal: Principal, count: number): Promise<GraphQLError | undefined> {
    const limit = this.#roles.of(principal).mutationsPerMinute;
    if (limit === undefined || this.#shared === undefined) return undefined;
    const waitMs = await this.#shared.take(principal.name, count, limit.value);
    if (waitMs !== undefined) this.#mutations.giveBack(principal.name, count);
    return this.#tooManyMutations(principal, count, limit, waitMs);
  }

  /**
   * Waits until the principal may run one more operation. The returned function ends it.
   * @returns an error if too many wait already, or if the wait took too long
   */
  async enter(principal: Principal, signal: AbortSignal): Promise<Leave | GraphQLError> {
    const limit = this.#roles.of(principal).operations;
    if (limit === undefined) return () => undefined;
    const until = this.#now() + this.#longestWait;
    const leave = await this.#slots.enter(principal.name, signal, limit.value);
    if (leave !== undefined && this.#places === undefined) return leave;
    if (leave !== undefined) {
      const wait = { ms: Math.max(0, until - this.#now()), signal };
      const leaveAll = await this.#placed('operations', principal, limit, wait);
      if (leaveAll !== undefined)
        return () => {
          leaveAll();
          leave();
        };
      leave();
    }
    const message = `"${shortName(principal)}" runs and waits for as many operations as it may: ${limitText('operations', limit)}.${this.#whose()}`;
    return requestError('TOO_MANY_OPERATIONS', message, RETRY_SOON);
  }

  /**
   * Counts a socket, or returns why the principal may not open it.
   * @param sockets those that it has at this replica
   * @returns a promise if other replicas count, too; of the function that ends the socket, if it may be opened
   */
  openSocket(principal: Principal, sockets: number): string | undefined | Promise<string | Leave> {
    const limit = this.#roles.of(principal).sockets;
    if (limit === undefined) return undefined;
    const refusal = () => `Too many connections: ${limitText('sockets', limit)}.${this.#whose()}`;
    if (sockets >= limit.value) return refusal();
    if (this.#places === undefined) return undefined;
    return this.#placed('sockets', principal, limit).then((leave) => leave ?? refusal());
  }

  async #placed(
    kind: PlaceKind,
    { name: principal }: Principal,
    { value: most }: RoleLimit,
    wait?: { readonly ms: number; readonly signal: AbortSignal },
  ): Promise<Leave | undefined> {
    return this.#places?.take({ kind, principal, most, ...(wait && { wait }) });
  }

  /** A sentence on what counts towards a limit. */
  #whose(): string {
    if (this.#places === undefined) return '';
    return this.#places.isAway ? ' Redis is away: each replica allows its part.' : ' All replicas count together.';
  }

  #tooManyMutations(
    principal: Principal,
    count: number,
    limit: RoleLimit,
    waitMs: number | undefined,
  ): GraphQLError | undefined {
    if (waitMs === undefined) return undefined;
    const canWait = Number.isFinite(waitMs);
    const again = canWait ? ` Try again in ${Math.ceil(waitMs / 1_000)} s.` : '';
    const message = `"${shortName(principal)}" may not make ${count} more mutations now: ${limitText('mutationsPerMinute', limit)}.${this.#whose()}${again}`;
    const retryAfter = { headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) } };
    return requestError('TOO_MANY_MUTATIONS', message, {
      ...(canWait && retryAfter),
      extensions: canWait ? { retryAfterMs: Math.ceil(waitMs) } : { retryable: false },
    });
  }
}

/** Names of principals can be as long as an issuer and a subject. */
function shortName({ name }: Principal): string {
  return name.length <= 60 ? name : `${name.slice(0, 60)}…`;
}
