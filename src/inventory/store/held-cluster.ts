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
  /** How often it was asked for while it was not ready. */
  wanted = 0;
  /** When its last event arrived; undefined before the first. */
  lastEventAt: number | undefined;
  /** When the last complete verification of it began; undefined before the first. */
  sweptAt: number | undefined;
  /** Names of services that ECS has shown or announced. */
  readonly services = new Set<string>();
  /**
   * ARNs that only ECS can decide about, with the version that is known to exist. They are not answered from memory
   * until that version is held.
   */
  readonly doubtful = new Map<string, number>();

  constructor(arn: string, interner: Interner) {
    this.store = new ClusterStore(arn, interner);
  }

  get name(): string {
    return this.store.name;
  }

  /** Nothing about it is certain any more: it must be listed again. */
  doubt(): void {
    this.doubts += 1;
    this.isReady = false;
  }
}
