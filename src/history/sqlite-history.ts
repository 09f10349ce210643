import { createRequire } from 'node:module';
import type Database from 'libsql';
import type { HistoryEntry, HistoryQuery, HistoryStore } from './history.ts';

const VERSION = 1;
const TABLES = `
  CREATE TABLE IF NOT EXISTS entry (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, cluster TEXT NOT NULL, service TEXT NOT NULL, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entry_of_service ON entry (service, at);
  CREATE INDEX IF NOT EXISTS entry_at ON entry (at);
  PRAGMA user_version = ${VERSION};
`;
/** Share of the entries that is deleted at once if the file is too large. */
const TRIMMED = 0.1;

/** The program's own `require`: a native module is not part of the bundle. */
const load = createRequire(import.meta.url);

/**
 * History in a SQLite file. In the WAL mode a killed process loses nothing that was written; a crash of
 * the machine may lose the last seconds, and corrupts nothing.
 * @throws {Error} if the package is missing, the file cannot be opened, or a newer version wrote it
 */
export function openSqliteHistory(path: string, maxBytes: number): HistoryStore {
  return new SqliteHistory(openDatabase(path), maxBytes);
}

function openDatabase(path: string): Database.Database {
  let Libsql: typeof Database;
  try {
    Libsql = load('libsql') as typeof Database;
  } catch {
    throw new Error('HISTORY needs the package libsql: npm install libsql@0.5.29');
  }
  let database: Database.Database;
  try {
    database = new Libsql(path);
  } catch {
    throw new Error(`${path} cannot be opened or created as a SQLite file`);
  }
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('busy_timeout = 2000');
  const version = Number(
    (database.prepare('PRAGMA user_version').get() as { readonly user_version: number }).user_version,
  );
  if (version > VERSION) throw new Error(`${path} was written by a newer version of ecs-graphql`);
  database.exec(TABLES);
  return database;
}

interface Row {
  readonly key: string;
  readonly kind: HistoryEntry['kind'];
  readonly at: number;
  readonly cluster: string;
  readonly service: string;
  readonly body: string;
}

class SqliteHistory implements HistoryStore {
  readonly #database: Database.Database;
  readonly #maxBytes: number;
  readonly #insert: Database.Statement<unknown[]>;

  constructor(database: Database.Database, maxBytes: number) {
    this.#database = database;
    this.#maxBytes = maxBytes;
    this.#insert = database.prepare<unknown[]>(
      `INSERT INTO entry (key, kind, at, cluster, service, body) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET body = excluded.body, at = excluded.at WHERE length(excluded.body) > length(body)`,
    );
  }

  record(entries: readonly HistoryEntry[]): void {
    this.#database.exec('BEGIN');
    try {
      for (const { key, kind, at, cluster, serviceArn, body } of entries)
        this.#insert.run(key, kind, at, cluster, serviceArn, body);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  read(query: HistoryQuery, most: number): HistoryEntry[] {
    const { where, values } = conditionsOf(query);
    const rows = this.#database
      .prepare(`SELECT * FROM entry ${where} ORDER BY at DESC, key DESC LIMIT ?`)
      .all(...values, most) as Row[];
    return rows.map(({ service, ...row }) => ({ ...row, serviceArn: service }));
  }

  count(query: HistoryQuery): number {
    const { where, values } = conditionsOf(query);
    return (this.#database.prepare(`SELECT count(*) AS n FROM entry ${where}`).get(...values) as { readonly n: number })
      .n;
  }

  prune(before: number): void {
    this.#database.prepare('DELETE FROM entry WHERE at < ?').run(before);
    while (this.#bytes() > this.#maxBytes) {
      const some = Math.ceil(this.count({}) * TRIMMED);
      if (some === 0) return;
      this.#database
        .prepare('DELETE FROM entry WHERE key IN (SELECT key FROM entry ORDER BY at, key LIMIT ?)')
        .run(some);
    }
  }

  close(): void {
    this.#database.close();
  }

  /** Bytes in use: pages of deleted entries are used again. */
  #bytes(): number {
    const read = (name: string) =>
      Object.values(this.#database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0] ?? 0;
    return (read('page_count') - read('freelist_count')) * read('page_size');
  }
}

function conditionsOf({ kinds, serviceArn, clusters, since, until, after }: HistoryQuery) {
  const found: [string, readonly (string | number)[]][] = [];
  const anyOf = (column: string, list: readonly string[]) =>
    found.push([`${column} IN (${list.map(() => '?').join(', ') || 'NULL'})`, list]);
  if (kinds !== undefined) anyOf('kind', kinds);
  if (serviceArn !== undefined) found.push(['service = ?', [serviceArn]]);
  if (clusters !== undefined) anyOf('cluster', clusters);
  if (since !== undefined) found.push(['at >= ?', [since]]);
  if (until !== undefined) found.push(['at < ?', [until]]);
  if (after !== undefined) found.push(['(at, key) < (?, ?)', [after.at, after.key]]);
  return {
    where: found.length === 0 ? '' : `WHERE ${found.map(([text]) => text).join(' AND ')}`,
    values: found.flatMap(([, values]) => values),
  };
}
