/** What EventBridge delivers, as far as ECS sends it. */
export interface SandboxEvent {
  /** The envelope's own, always 0; a task's or instance's stands in `detail`. */
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
  /** Give this as `after` to read on. */
  readonly next: number;
  /** Some of those asked for had to make room for newer ones. */
  readonly isTruncated: boolean;
}
