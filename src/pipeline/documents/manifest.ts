import { isRecord, parseJson } from '../../util/json.ts';

/** An operation of a manifest. */
export interface ListedDocument {
  /** The id by which clients name it, without the prefix `sha256:`. */
  readonly id: string;
  readonly text: string;
}

/** Formats of manifests: Apollo's own, and the object of ids and texts that Relay and graphql-codegen write. */
export type ManifestFormat = 'apollo' | 'map';

export interface Manifest {
  readonly format: ManifestFormat;
  readonly documents: readonly ListedDocument[];
}

const APOLLO = 'apollo-persisted-query-manifest';
const MOST_DOCUMENTS = 20_000;
const MOST_PROBLEMS = 20;
/** Hashes of any length, and names; never text that could break a log line. */
const ID = /^[\w.:/+=-]{1,200}$/;

/**
 * Reads a manifest of operations: Relay's `persisted_queries.json`, Apollo's `persisted-query-manifest.json`, or
 * `persisted-documents.json` of graphql-codegen's client preset.
 * @throws {Error} that lists what is wrong, one line each
 */
export function parseManifest(text: string): Manifest {
  const parsed = parseJson(text);
  if (!isRecord(parsed)) throw new Error(`is not a manifest: ${FORMATS}`);
  const problems: string[] = [];
  const manifest = 'format' in parsed || 'operations' in parsed ? ofApollo(parsed, problems) : ofMap(parsed, problems);
  if (manifest.documents.length > MOST_DOCUMENTS) {
    problems.push(`lists ${manifest.documents.length} operations; the limit is ${MOST_DOCUMENTS}`);
  }
  problems.push(...contradictions(manifest.documents));
  if (problems.length > 0) throw new Error(firstOf(problems));
  if (manifest.documents.length === 0) throw new Error('lists no operation');
  return manifest;
}

const FORMATS = `it has to be {"format": "${APOLLO}", "version": 1, "operations": [...]}, or an object of ids and texts`;

function ofApollo(manifest: Readonly<Record<string, unknown>>, problems: string[]): Manifest {
  const { format, version, operations } = manifest;
  const documents: ListedDocument[] = [];
  if (format !== APOLLO) problems.push(`"format" has to be "${APOLLO}", not ${shown(format)}`);
  if (version !== 1) problems.push(`"version" has to be 1, not ${shown(version)}`);
  if (!Array.isArray(operations)) problems.push('"operations" has to be a list');
  else {
    for (const [index, operation] of operations.entries()) {
      const at = `operations[${index}]`;
      if (!isRecord(operation)) problems.push(`${at} has to be an object with "id" and "body"`);
      else if (typeof operation.id !== 'string') problems.push(`${at} needs an "id"`);
      else take(operation.id, operation.body, `${at}.body`, documents, problems);
    }
  }
  return { format: 'apollo', documents };
}

function ofMap(manifest: Readonly<Record<string, unknown>>, problems: string[]): Manifest {
  const documents: ListedDocument[] = [];
  for (const [id, text] of Object.entries(manifest)) take(id, text, shown(id), documents, problems);
  return { format: 'map', documents };
}

function take(id: string, text: unknown, at: string, documents: ListedDocument[], problems: string[]): void {
  if (!ID.test(id)) problems.push(`the id ${shown(id)} has to be 1 to 200 letters, digits or any of _.:/+=-`);
  else if (typeof text !== 'string' || text.trim() === '') problems.push(`${at} has to be the text of an operation`);
  else documents.push({ id: plainId(id), text });
}

function* contradictions(documents: readonly ListedDocument[]): Iterable<string> {
  const texts = new Map<string, string>();
  for (const { id, text } of documents) {
    const other = texts.get(id);
    if (other !== undefined && other !== text) yield `the id ${shown(id)} stands for two texts`;
    texts.set(id, text);
  }
}

/** An id without the prefix that graphql-codegen and GraphQL over HTTP put before hashes. */
export function plainId(id: string): string {
  return id.startsWith('sha256:') ? id.slice('sha256:'.length) : id;
}

/** The name of the first operation of a text that may be invalid, for people: ids are hashes. */
export function nameIn(text: string): string | undefined {
  return /^\s*(?:query|mutation|subscription)\s+(\w{1,100})/m.exec(text)?.[1];
}

/** A list of problems that a log line can hold. */
export function firstOf(problems: readonly string[]): string {
  const first = problems.slice(0, MOST_PROBLEMS);
  const more = problems.length - first.length;
  return [...first, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? 'missing').slice(0, 100);
}
