/** Stand for values that JSON has no form of. */
const DATE = '$date';
const BIGINT = '$bigint';
const NUMBER = '$number';

/** An operation's answer as text, without the metadata of its call. */
export function toText(output: object): string {
  return JSON.stringify(
    { ...output, $metadata: undefined },
    function replace(this: unknown, name: string, value: unknown) {
      // A Date has been made a text already; its holder has it still.
      const raw = (this as Record<string, unknown>)[name];
      if (raw instanceof Date) return { [DATE]: raw.getTime() };
      if (typeof value === 'bigint') return { [BIGINT]: String(value) };
      return typeof value === 'number' && !Number.isFinite(value) ? { [NUMBER]: String(value) } : value;
    },
  );
}

/** The inverse of `toText`. */
export function fromText(text: string): object {
  const output = JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const [name, ...others] = Object.keys(value);
    if (others.length > 0) return value;
    if (name === DATE) return new Date((value as { [DATE]: number })[DATE]);
    if (name === NUMBER) return Number((value as { [NUMBER]: string })[NUMBER]);
    return name === BIGINT ? BigInt((value as { [BIGINT]: string })[BIGINT]) : value;
  }) as object;
  return { ...output, $metadata: {} };
}

/** An input as text that does not depend on the order of its members. */
export function toSortedText(input: object): string {
  return JSON.stringify(input, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
