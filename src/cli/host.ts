/** The process, as far as commands need it. */
export interface CliHost {
  readonly env: NodeJS.ProcessEnv;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Calls back for each request to stop; returns how to stop listening. */
  readonly onStop: (listener: () => void) => () => void;
  /** Calls back for each request to read files again. */
  readonly onReload?: (listener: () => void) => void;
}
