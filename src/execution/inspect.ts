const MOST_ITEMS = 10;
const MOST_DEPTH = 2;

/** Formats a value as graphql-js does in its messages. graphql-js has this function but does not export it. */
export function inspect(value: unknown, around: readonly object[] = []): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return value.name === '' ? '[function]' : `[function ${value.name}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (around.includes(value)) return '[Circular]';
  const within = [...around, value];
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = value.toJSON();
    if (json !== value) return typeof json === 'string' ? json : inspect(json, within);
  }
  return Array.isArray(value) ? inspectList(value, within) : inspectObject(value, within);
}

function inspectList(list: readonly unknown[], within: readonly object[]): string {
  if (list.length === 0) return '[]';
  if (within.length > MOST_DEPTH) return '[Array]';
  const shown = list.slice(0, MOST_ITEMS).map((item) => inspect(item, within));
  const more = list.length - shown.length;
  if (more > 0) shown.push(more === 1 ? '... 1 more item' : `... ${more} more items`);
  return `[${shown.join(', ')}]`;
}

function inspectObject(value: object, within: readonly object[]): string {
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  if (within.length > MOST_DEPTH) return `[${nameOf(value)}]`;
  return `{ ${entries.map(([name, item]) => `${name}: ${inspect(item, within)}`).join(', ')} }`;
}

function nameOf(value: object): string {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return (tag === 'Object' && value.constructor?.name) || tag;
}
