import type { Clock } from '../time/clock.ts';
import type { Random } from '../util/random.ts';
import { EcsError, rateExceeded } from './ecs-errors.ts';
import type { EventDelivery, FaultKind, FaultRule, FaultSettings } from './fault-settings.ts';
import { Buckets } from './rate-buckets.ts';

export const FAULT_KINDS: readonly FaultKind[] = [
  'throttle',
  'serverError',
  'unavailable',
  'reset',
  'lostAnswer',
  'truncate',
  'expiredCredentials',
  'accessDenied',
  'error',
];

/** EventBridge needs about this long to a target, by measurements of others. */
export const DEFAULT_DELIVERY: Required<EventDelivery> = {
  delayMs: 150,
  loss: 0,
  duplicates: 0,
  reordering: 0,
  spreadMs: 5_000,
};

export const NO_FAULTS: FaultSettings = {
  rules: [],
  throttling: { enabled: false, scale: 1 },
  launchRates: { enabled: true, scale: 1 },
  staleReadsMs: 0,
  duplicateEvents: 0,
  eventDelivery: DEFAULT_DELIVERY,
};

/** The faults that apply to one call. */
export interface Verdict {
  readonly latencyMs: number;
  readonly kinds: ReadonlySet<FaultKind>;
  /** Returned instead of the call's own answer; the call is not executed. */
  readonly error: EcsError | undefined;
}

const RATE_EXCEEDED = rateExceeded();
const ERRORS: Readonly<Partial<Record<FaultKind, EcsError>>> = {
  throttle: RATE_EXCEEDED,
  serverError: new EcsError('ServerException', 'Service Unavailable. Please try again later.', 500),
  unavailable: new EcsError('ServiceUnavailable', 'Service Unavailable', 503),
  expiredCredentials: new EcsError('ExpiredTokenException', 'The security token included in the request is expired'),
  accessDenied: new EcsError('AccessDeniedException', 'User is not authorized to perform this operation.'),
};

function errorOf({ code = 'ClientException', message = 'The sandbox was asked to answer this.' }: FaultRule): EcsError {
  return new EcsError(code, message, code === 'ServerException' ? 500 : 400);
}

/** The settings and the remaining times of each rule. Token buckets are not included: they fill on real time. */
export interface FaultState {
  readonly settings: FaultSettings;
  readonly left: ReadonlyMap<FaultRule, number>;
  readonly random: number;
}

/** Injected faults; none by default. */
export class Faults {
  readonly #clock: Clock;
  #random: Random;
  #settings: FaultSettings = NO_FAULTS;
  #left = new Map<FaultRule, number>();
  #buckets = new Buckets(1);

  readonly #onChange: (changed: Partial<FaultSettings>) => void;

  constructor(clock: Clock, random: Random, onChange: (changed: Partial<FaultSettings>) => void = () => {}) {
    this.#clock = clock;
    this.#random = random;
    this.#onChange = onChange;
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  /** Replaces the given settings and keeps the others. New throttling settings start with full buckets. */
  set(settings: Partial<FaultSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    if (settings.throttling !== undefined) this.#buckets = new Buckets(settings.throttling.scale);
    if (settings.rules !== undefined) {
      this.#left = new Map(settings.rules.map((rule) => [rule, rule.times ?? Number.POSITIVE_INFINITY]));
    }
    this.#onChange(settings);
  }

  clear(): void {
    this.set(NO_FAULTS);
  }

  get state(): FaultState {
    return { settings: this.#settings, left: this.#left, random: this.#random.state };
  }

  /** Restores the settings and progress of other faults. The restored worlds already reflect them. */
  set state({ settings, left, random }: FaultState) {
    this.#settings = settings;
    this.#left = new Map(left);
    this.#random.state = random;
    this.#buckets = new Buckets(settings.throttling.scale);
  }

  /** Removes all faults and restarts the random sequence. */
  reset(random: Random): void {
    this.#random = random;
    this.clear();
  }

  /** Decides on a call when it arrives. The scope is the account and Region: each has its own token buckets. */
  judge(scope: string, operation: string): Verdict {
    let latencyMs = 0;
    const kinds = new Set<FaultKind>();
    let own: EcsError | undefined;
    for (const rule of this.#settings.rules) {
      if (!this.#hits(rule, operation)) continue;
      latencyMs += rule.latencyMs ?? 0;
      if (rule.fault !== undefined) kinds.add(rule.fault);
      if (rule.fault === 'error') own ??= errorOf(rule);
    }
    const isThrottled = !this.admits(scope, operation);
    const [error] = [...kinds].map((kind) => ERRORS[kind]).filter((candidate) => candidate !== undefined);
    return { latencyMs, kinds, error: isThrottled ? RATE_EXCEEDED : (error ?? own) };
  }

  /** Takes a token of an operation or of a separate limit. False if throttling is on and the bucket is empty. */
  admits(scope: string, limit: string): boolean {
    return !this.#settings.throttling.enabled || this.#buckets.take(scope, limit, this.#clock.realNow());
  }

  #hits(rule: FaultRule, operation: string): boolean {
    const left = this.#left.get(rule) ?? 0;
    if (left <= 0 || (rule.operations !== undefined && !rule.operations.includes(operation))) return false;
    if (this.#random.next() >= (rule.rate ?? 1)) return false;
    this.#left.set(rule, left - 1);
    return true;
  }
}
