import { cpus } from 'node:os';
import { beforeTable } from './gateway/before.ts';
import { startTable } from './gateway/start.ts';
import { telemetryTable } from './gateway/telemetry.ts';
import { inventoryTable } from './inventory/index.ts';
import { liveTable } from './live/live.ts';
import { pushTable } from './live/push.ts';
import { fairnessTable } from './load/fairness.ts';
import { isolationTable } from './load/isolation.ts';
import { loadTable } from './load/load.ts';
import { refusalsTable } from './load/refusals.ts';
import { decodeTable } from './queries/decode.ts';
import { engineTable, schemaTable } from './queries/engine.ts';
import { policiesTable } from './queries/policies.ts';
import { scopesTable } from './queries/scopes.ts';
import { scaleTable, throttledTable, treeTable } from './queries/tree.ts';
import { replicaQueriesTable } from './replicas/replica-queries.ts';
import { replicasTable } from './replicas/replicas.ts';
import { previewsTable } from './sandbox/previews.ts';
import { sandboxTable } from './sandbox/sandbox.ts';
import { subscribersTable } from './subscribers/index.ts';

const sections: Readonly<Record<string, readonly [measures: string, run: () => Promise<string>]>> = {
  Before: ['start, full tree, query p50 and subscriptions beside version 0.1.0 (c7baaad), in one run', beforeTable],
  Decoding: ['decoding of ECS answers beside the SDK', decodeTable],
  Policies: ['the full tree with and without policies', policiesTable],
  Tree: ['the full tree beside a DataLoader gateway and a naive one', treeTable],
  Throttled: ['the full tree of an ECS that throttles', throttledTable],
  Isolation: ['small queries beside large ones', isolationTable],
  Scale: ['the full tree in several sizes', scaleTable],
  Execution: ['the executor beside graphql-js and graphql-jit', engineTable],
  Schema: ['building the schema', schemaTable],
  Start: ['the start beside a hello-world of Yoga and the SDK', startTable],
  Live: ['subscriptions to 100 deploying services', liveTable],
  Previews: ['how far previews agree with what then happens, and what a simulation takes', previewsTable],
  Push: ['delivery of events to many subscribers', pushTable],
  Subscribers: ['memory of a subscriber beside a bare socket and version 0.1.0', subscribersTable],
  Replicas: [
    'queries and subscriptions through replicas that share one Redis, beside others; one dies, and all are replaced',
    async () => `${await replicaQueriesTable()}\n\n${await replicasTable()}`,
  ],
  Refusals: ['documents that are refused', refusalsTable],
  Fairness: ['small queries of one principal beside an abusive one', fairnessTable],
  Inventory: [
    'an inventory kept by events, beside 0.1.0 and beside polling (sizes: test/bench/inventory/sizes.ts)',
    inventoryTable,
  ],
  Load: ['the most expensive queries at once', loadTable],
  Telemetry: ['start, CPU and memory with and without traces', telemetryTable],
  Scopes: ['one query over 24 accounts and regions beside the slowest of them alone', scopesTable],
  Sandbox: ['rollouts in the sandbox, beside version 0.1.0', sandboxTable],
};
const names = Object.keys(sections).map((name) => name.toLowerCase());

const only = process.argv.slice(2).map((name) => name.toLowerCase());
const unknown = only.find((name) => !names.includes(name));
if (only.includes('--help') || unknown !== undefined) {
  const lines = Object.entries(sections).map(([name, [measures]]) => `  ${name.toLowerCase().padEnd(10)} ${measures}`);
  if (unknown !== '--help') process.stderr.write(`There is no section ${unknown}.\n\n`);
  process.stdout.write(`npm run bench [section...]\n\nSections; all of them by default:\n${lines.join('\n')}\n`);
  process.exit(unknown === '--help' ? 0 : 2);
}
const [cpu] = cpus();
process.stdout.write(
  `Node ${process.versions.node}, ${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${new Date().toISOString().slice(0, 10)}\n\n`,
);
for (const [name, [, run]] of Object.entries(sections)) {
  if (only.length > 0 && !only.includes(name.toLowerCase())) continue;
  process.stdout.write(`## ${name}\n\n${await run()}\n\n`);
}
