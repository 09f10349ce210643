/** The parts of the process that commands use. */
export interface CliHost {
  readonly env: NodeJS.ProcessEnv;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Calls the listener for each request to stop. The returned function removes the listener. */
  readonly onStop: (listener: () => void) => () => void;
  /** Calls back for each request to read files again. */
  readonly onReload?: (listener: () => void) => void;
  /** Calls back for each rejection that nothing handles. Without a listener, Node ends the process. */
  readonly onUnhandled?: (listener: (reason: unknown) => void) => void;
  /** Called before a gateway starts that will hold whole fleets in memory. */
  readonly onInventory?: () => void;
}
