import { ClusterStore } from './cluster-store.ts';
import type { Interner } from './interner.ts';

/** A cluster with what is known of its trustworthiness. Times are monotonic. */
export class HeldCluster {
  readonly store: ClusterStore;
  /** Whether everything in it was listed and described since deliveries began. */
  isReady = false;
  /** Set while its events do not arrive although it changes. */
  isSilent = false;
  /** How often everything became uncertain. */
  doubts = 0;
  /** When that was last; at first, when the cluster was met. */
  doubtedAt: number;
  /** How often it was asked for while it was not ready. */
  wanted = 0;
  /** When its last event arrived; undefined before the first. */
  lastEventAt: number | undefined;
  /** When the last complete verification of it began; undefined before the first. */
  sweptAt: number | undefined;
  /** ARNs of the ACTIVE services by name, as ECS listed them. */
  services: ReadonlyMap<string, string> = new Map();
  /** Whether the list of services is complete, as far as events and counts show. */
  hasServices = false;
  /** How often an event or a count has contradicted the list of services. */
  serviceDoubts = 0;
  /**
   * ARNs that only ECS can decide about, with the version that is known to exist. They are not answered from memory
   * until that version is held.
   */
  readonly doubtful = new Map<string, number>();

  constructor(arn: string, interner: Interner, now: number) {
    this.store = new ClusterStore(arn, interner);
    this.doubtedAt = now;
  }

  get name(): string {
    return this.store.name;
  }

  /** Takes a complete list of services. @param doubts `serviceDoubts` when it was begun */
  listServices(arns: readonly string[], doubts: number): void {
    this.services = new Map(arns.map((arn) => [arn.slice(arn.lastIndexOf('/') + 1), arn]));
    this.hasServices = this.serviceDoubts === doubts;
  }

  /** ECS has shown or announced a service that runs. */
  meetService(name: string): void {
    if (!this.services.has(name)) this.doubtServices();
  }

  /** A service was created or deleted by the gateway. */
  changeService(name: string, arn: string | undefined): void {
    const services = new Map(this.services);
    if (arn === undefined) services.delete(name);
    else services.set(name, arn);
    this.services = services;
  }

  /** The list of services is not right any more. */
  doubtServices(): void {
    this.serviceDoubts += 1;
    this.hasServices = false;
  }

  /** Nothing about it is certain any more: it must be listed again. */
  doubt(now: number): void {
    this.doubts += 1;
    this.doubtedAt = now;
    this.isReady = false;
  }
}
