import { cpus } from 'node:os';
import { decodeTable } from './decode.ts';
import { engineTable, schemaTable } from './engine.ts';
import { isolationTable } from './isolation.ts';
import { liveTable } from './live.ts';
import { loadTable } from './load.ts';
import { pushTable } from './push.ts';
import { refusalsTable } from './refusals.ts';
import { sandboxTable } from './sandbox.ts';
import { startTable } from './start.ts';
import { scaleTable, throttledTable, treeTable } from './tree.ts';

const sections: Readonly<Record<string, () => Promise<string>>> = {
  Decoding: decodeTable,
  Tree: treeTable,
  Throttled: throttledTable,
  Isolation: isolationTable,
  Scale: scaleTable,
  Execution: engineTable,
  Schema: schemaTable,
  Start: startTable,
  Live: liveTable,
  Push: pushTable,
  Refusals: refusalsTable,
  Load: loadTable,
  Sandbox: sandboxTable,
};

const only = process.argv.slice(2);
const [cpu] = cpus();
process.stdout.write(
  `Node ${process.versions.node}, ${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${new Date().toISOString().slice(0, 10)}\n\n`,
);
for (const [name, run] of Object.entries(sections)) {
  if (only.length > 0 && !only.includes(name.toLowerCase())) continue;
  process.stdout.write(`## ${name}\n\n${await run()}\n\n`);
}
