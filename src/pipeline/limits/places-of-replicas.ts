/** Kinds of things that a principal has open at once. */
export type PlaceKind = 'operations' | 'sockets' | 'streams';

/** Gives a place back. */
export type Leave = () => void;

/** Counts what principals have open at all replicas. */
export interface PlacesOfReplicas {
  /** Whether this replica counts alone, within its part of each limit. */
  readonly isAway: boolean;
  /**
   * Takes a place.
   * @returns a promise if the other replicas have to be asked; of undefined if there is no place
   */
  take(request: {
    readonly kind: PlaceKind;
    readonly principal: string;
    /** The limit over all replicas. */
    readonly most: number;
    /** How long to wait for a place; without it, only an answer is waited for. */
    readonly wait?: { readonly ms: number; readonly signal: AbortSignal };
  }): Leave | Promise<Leave | undefined>;
}
