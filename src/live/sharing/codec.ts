import { parse, stringify } from 'devalue';

/** Plain data as text. Dates, maps, sets, undefined and members that occur twice are kept. */
export function toText(value: unknown): string {
  return stringify(value);
}

/** @throws {Error} if the text was not made by `toText` */
export function fromText<Value>(text: string): Value {
  return parse(text) as Value;
}
