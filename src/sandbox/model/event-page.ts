/** An event as EventBridge delivers it. */
export interface SandboxEvent {
  /** The envelope's version, always 0; a task's or instance's version is in `detail`. */
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

export interface EventPage {
  readonly events: readonly SandboxEvent[];
  /** Pass it as `after` to read on. */
  readonly next: number;
  /** Whether some of the requested events are no longer kept. */
  readonly isTruncated: boolean;
}
