/** What keeps one deployment or task set from starting tasks for a while; others of the service go on. */
export interface Holds {
  /** After tasks that never ran, and how many rounds of them came in a row. */
  startsUntil: number;
  failedStarts: number;
  /** After attempts that placed nothing, and how many came in a row. */
  placesUntil: number;
  failedPlacements: number;
  /** The last attempt found no instance with room: stopping tasks may help. */
  lacksRoom: boolean;
}

export function createHolds(): Holds {
  return { startsUntil: 0, failedStarts: 0, placesUntil: 0, failedPlacements: 0, lacksRoom: false };
}
