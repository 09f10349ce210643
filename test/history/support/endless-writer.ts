// Writes entries until it is killed, and prints the number of each that was acknowledged.
import { openSqliteHistory } from '../../../src/history/sqlite-history.ts';

const [path = ''] = process.argv.slice(2);
const store = openSqliteHistory(path, 100_000_000);
for (let at = 0; ; at += 1) {
  await store.record([
    { key: `task-${at}`, kind: 'TASK_STOPPED', at, cluster: 'shop', serviceArn: 'web', body: 'x'.repeat(1_000) },
  ]);
  process.stdout.write(`${at}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
