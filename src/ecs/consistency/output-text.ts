/** Marks values that JSON cannot represent. */
const DATE = '$date';
const BIGINT = '$bigint';
const NUMBER = '$number';

/** Serialises the input or output of an operation. */
export function toText(value: object): string {
  return JSON.stringify(value, function replace(this: unknown, name: string, item: unknown) {
    // JSON.stringify has already converted the Date to a string; its holder still has the Date.
    const raw = (this as Record<string, unknown>)[name];
    if (raw instanceof Date) return { [DATE]: raw.getTime() };
    if (typeof item === 'bigint') return { [BIGINT]: String(item) };
    return typeof item === 'number' && !Number.isFinite(item) ? { [NUMBER]: String(item) } : item;
  });
}

/** The inverse of `toText`. */
export function fromText(text: string): object {
  return JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const [name, ...others] = Object.keys(value);
    if (others.length > 0) return value;
    if (name === DATE) return new Date((value as { [DATE]: number })[DATE]);
    if (name === NUMBER) return Number((value as { [NUMBER]: string })[NUMBER]);
    return name === BIGINT ? BigInt((value as { [BIGINT]: string })[BIGINT]) : value;
  }) as object;
}

/** Serialises an input independently of the order of its members. */
export function toSortedText(input: object): string {
  return JSON.stringify(input, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
