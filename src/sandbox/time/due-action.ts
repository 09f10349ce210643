/**
 * An action that the clock runs when it is due. It has a name and takes two values, so that pending actions can be written
 * to a file with the rest of the world and read back, which a closure cannot.
 */
export interface DueAction<A, B> {
  (first: A, second: B): void;
  readonly dueName: string;
}

const ACTIONS = new Map<string, DueAction<never, never>>();

/**
 * Defines a named action, once for each name: `const forgetCluster = dueAction('cluster.forget', (world: World,
 * cluster: ClusterRecord) => ...)`.
 */
export function dueAction<A, B>(dueName: string, run: (first: A, second: B) => void): DueAction<A, B> {
  if (ACTIONS.has(dueName)) throw new Error(`Two due actions have the name ${dueName}`);
  const action = Object.assign(run, { dueName });
  ACTIONS.set(dueName, action);
  return action;
}

/** The action of a name, if it exists. */
export function findDueAction(dueName: string): DueAction<never, never> | undefined {
  return ACTIONS.get(dueName);
}
