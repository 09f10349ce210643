import type { InventoryFacts } from './metric-sources.ts';
import type { Read } from './replica-metrics.ts';

type Add = <Label extends string>(rest: string, help: string, labelNames: Label[], read: Read<Label>) => void;

/** The metrics of the inventory. */
export function addInventoryInstruments(
  { counted, gauge }: { readonly counted: Add; readonly gauge: Add },
  inventory: { facts(): InventoryFacts },
): void {
  counted(
    'inventory_events_total',
    'Events of ECS by what the inventory did with them: applied, duplicate, old, ignored or heartbeat.',
    ['result'],
    (set) => {
      for (const [result, count] of Object.entries(inventory.facts().events)) set({ result }, count);
    },
  );
  counted('inventory_jumps_total', 'Versions of tasks and container instances that no event showed.', [], (set) =>
    set({}, inventory.facts().jumps),
  );
  counted(
    'inventory_repairs_total',
    "Tasks and container instances for which ECS's answers differed from its events, by the check that found it.",
    ['net'],
    (set) => {
      for (const [net, count] of Object.entries(inventory.facts().repairs)) set({ net }, count);
    },
  );
  counted('inventory_answers_total', 'Descriptions and pages of lists that needed no call.', [], (set) =>
    set({}, inventory.facts().answered),
  );
  gauge('inventory_entities', 'Tasks and container instances that are held.', ['kind'], (set) => {
    const { tasks, instances } = inventory.facts();
    set({ kind: 'task' }, tasks);
    set({ kind: 'container_instance' }, instances);
  });
  gauge('inventory_clusters', 'Clusters by whether their reads are answered from memory.', ['trusted'], (set) => {
    const { clusters, trusted } = inventory.facts();
    set({ trusted: 'yes' }, trusted);
    set({ trusted: 'no' }, clusters - trusted);
  });
  gauge(
    'inventory_silence_seconds',
    'Time since the last event, heartbeat or answer of a source of events.',
    [],
    (set) => {
      const { silentForMs } = inventory.facts();
      if (silentForMs !== undefined) set({}, silentForMs / 1_000);
    },
  );
}
