/** The connection to the store that replicas share, as metrics need it. */
export interface ReplicaSource {
  readonly isAway: boolean;
  readonly replicas: number;
  stats(): {
    readonly commands: ReadonlyMap<string, number>;
    readonly failures: ReadonlyMap<string, number>;
    readonly lateAnswers: number;
    readonly awayMs: number;
    readonly losses: number;
  };
}

/** Values that are read when the metrics are collected. `set` receives the value for each set of labels. */
export type Read<Label extends string> = (set: SetValue<Label>) => void;

export type SetValue<Label extends string> = (labels: Partial<Record<Label, string>>, value: number) => void;

/** Defines a metric that is read when the metrics are collected. */
export type Define = <Label extends string>(rest: string, help: string, labelNames: Label[], read: Read<Label>) => void;

/** The metrics of a gateway with replicas. */
export function replicaMetrics(source: ReplicaSource, counted: Define, gauge: Define): void {
  gauge('replicas', 'Gateways that share one Redis, this one included, as far as is known.', [], (set) => {
    set({}, source.replicas);
  });
  gauge('shared_connected', '1 while Redis can be used.', [], (set) => set({}, source.isAway ? 0 : 1));
  counted('shared_away_seconds_total', 'Time without Redis, since the start of the gateway.', [], (set) => {
    set({}, source.stats().awayMs / 1_000);
  });
  counted('shared_losses_total', 'How often Redis may have lost what replicas had stored.', [], (set) => {
    set({}, source.stats().losses);
  });
  counted('shared_late_answers_total', 'Answers of Redis that arrived after their time limit.', [], (set) => {
    set({}, source.stats().lateAnswers);
  });
  counted('shared_commands_total', 'Commands sent to Redis, scripts by their name.', ['command'], (set) => {
    for (const [command, count] of source.stats().commands) set({ command }, count);
  });
  counted('shared_failures_total', "Commands that failed, by the kind of Redis's error.", ['kind'], (set) => {
    for (const [kind, count] of source.stats().failures) set({ kind }, count);
  });
}
