import { parseObject } from '../util/json.ts';

/** Parses the text of a setting. `parse` throws an Error that says which values are allowed. */
export interface ValueType<T> {
  /** Placeholder of the value in the help, as in `--port <number>`. */
  readonly placeholder: string;
  readonly parse: (text: string) => T;
  /** The inverse of `parse`, for the help and the documentation. */
  readonly print: (value: T) => string;
}

/** A whole number within bounds. */
export function integer(min: number, max: number): ValueType<number> {
  return {
    placeholder: 'number',
    parse(text) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= min && value <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
      return value;
    },
    print: String,
  };
}

/** A number, zero or more. */
export const factor: ValueType<number> = {
  placeholder: 'factor',
  parse(text) {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value <= 100_000)) throw new Error('must be a number from 0 to 100000');
    return value;
  },
  print: String,
};

/** A fraction from 0 to 1. */
export const fraction: ValueType<number> = {
  placeholder: 'part',
  parse(text) {
    const value = /^(0|1|0?\.\d+|1\.0+)$/.test(text) ? Number(text) : Number.NaN;
    if (!(value <= 1)) throw new Error('must be a number from 0 to 1');
    return value;
  },
  print: String,
};

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A duration in milliseconds: `500ms`, `15s`, `5m`, `12h`. A bare 0 disables what the duration limits. */
export const duration: ValueType<number> = {
  placeholder: 'duration',
  parse(text) {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
    const value = match ? Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS] : Number.NaN;
    if (text === '0') return 0;
    if (!(value <= 24 * MILLISECONDS.h))
      throw new Error('must be a duration such as 500ms, 15s, 5m or 12h (at most 24h)');
    return Math.round(value);
  },
  print(value) {
    if (value === 0) return '0';
    const unit = (['h', 'm', 's'] as const).find((name) => value % MILLISECONDS[name] === 0) ?? 'ms';
    return `${value / MILLISECONDS[unit]}${unit}`;
  },
};

/** A value of the type other than 0. */
export function positive(type: ValueType<number>): ValueType<number> {
  return {
    ...type,
    parse(text) {
      const value = type.parse(text);
      if (value === 0) throw new Error('must be more than 0');
      return value;
    },
  };
}

/** A value of the type, or 0. */
export function zeroOr(type: ValueType<number>): ValueType<number> {
  return {
    ...type,
    parse: (text) => (text === '0' ? 0 : type.parse(text)),
    print: (value) => (value === 0 ? '0' : type.print(value)),
  };
}

/** A value of the type that is at least the given one. */
export function atLeast(least: number, type: ValueType<number>): ValueType<number> {
  return {
    ...type,
    parse(text) {
      const value = type.parse(text);
      if (value < least) throw new Error(`must be at least ${type.print(least)}`);
      return value;
    },
  };
}

const BYTES = { B: 1, kB: 1_000, MB: 1_000_000 } as const;

/** A size in bytes: `900B`, `64kB`, `2MB`. */
export const size: ValueType<number> = {
  placeholder: 'size',
  parse(text) {
    const match = /^(\d+)(B|kB|MB)$/.exec(text);
    const value = match ? Number(match[1]) * BYTES[match[2] as keyof typeof BYTES] : Number.NaN;
    if (!(value >= 1 && value <= 100 * BYTES.MB))
      throw new Error('must be a size such as 900B, 64kB or 2MB (at most 100MB)');
    return value;
  },
  print(value) {
    const unit = (['MB', 'kB'] as const).find((name) => value % BYTES[name] === 0) ?? 'B';
    return `${value / BYTES[unit]}${unit}`;
  },
};

/** On or off. A bare flag means on, and `--no-<flag>` means off. */
export const toggle: ValueType<boolean> = {
  placeholder: '',
  parse(text) {
    if (/^(true|on|yes|1)$/i.test(text)) return true;
    if (/^(false|off|no|0)$/i.test(text)) return false;
    throw new Error('must be on or off');
  },
  print: (value) => (value ? 'on' : 'off'),
};

/** A choice among a few words. */
export function choice<const W extends string>(...words: W[]): ValueType<W> {
  return {
    placeholder: words.join('|'),
    parse(text) {
      const word = words.find((candidate) => candidate === text);
      if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`);
      return word;
    },
    print: (value) => value,
  };
}

/** Text that is not empty and has no white space: hosts, regions, tokens. */
export function word(placeholder: string, pattern = /^\S+$/, allowed = 'must be one word'): ValueType<string> {
  return {
    placeholder,
    parse(text) {
      if (!pattern.test(text)) throw new Error(allowed);
      return text;
    },
    print: (value) => value,
  };
}

/** Values of one type, separated by commas. */
export function list<T>(item: ValueType<T>): ValueType<readonly T[]> {
  return {
    placeholder: `${item.placeholder},...`,
    parse: (text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map(item.parse),
    print: (values) => values.map(item.print).join(','),
  };
}

/** A JSON object. Its members are checked where they are used. */
export const json: ValueType<object> = {
  placeholder: 'json',
  parse(text) {
    const value = parseObject(text);
    if (value === undefined) throw new Error('must be a JSON object');
    return value;
  },
  print: (value) => JSON.stringify(value),
};

/** A value of the type, or undefined until it is given. */
export function optional<T>(type: ValueType<T>): ValueType<T | undefined> {
  return { ...type, print: (value) => (value === undefined ? '' : type.print(value)) };
}
