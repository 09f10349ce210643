/** Reasons why a deployment or task set starts no tasks for a while; others of the service continue. */
export interface Holds {
  /** Hold after tasks that never ran, and the number of consecutive rounds. */
  startsUntil: number;
  failedStarts: number;
  /** Hold after failed placements, and their consecutive number. */
  placesUntil: number;
  failedPlacements: number;
  /** Whether the last attempt found no instance with room: stopping tasks may help. */
  lacksRoom: boolean;
}

export function createHolds(): Holds {
  return { startsUntil: 0, failedStarts: 0, placesUntil: 0, failedPlacements: 0, lacksRoom: false };
}
