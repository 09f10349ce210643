/**
 * The value of a file or an argument in JSON.
 * @throws {Error} `is not JSON`, without what the parser says: it repeats a part of the text, which may hold secrets
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('is not JSON');
  }
}

/** Whether a value from JSON is an object: neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The problem of an object with an unknown member, as the predicate of a sentence. */
export function unknownMember(name: string): string {
  return `has an unknown member "${name.slice(0, 40)}"`;
}

/** The JSON object in a text; undefined if the text is anything else. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
