export const COMMA = 0x2c;
export const LIST = 0x5b;
export const LIST_END = 0x5d;
export const OBJECT = 0x7b;
export const OBJECT_END = 0x7d;
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
/** Makes a brace of a bracket, and leaves a brace as it is. */
const TO_BRACE = 0x20;

/** Returned if the text is not valid JSON or ends early. Every function here passes it on. */
export const BROKEN = -1;

// All of these functions read UTF-8. Each byte of a character beyond ASCII is above 0x7f, so none looks like a delimiter. After the
// end of the text a byte is undefined.

export function skipSpace(json: Uint8Array, from: number): number {
  if (from === BROKEN) return BROKEN;
  let at = from;
  while (isSpace(json[at])) at += 1;
  return at;
}

/** Returns the position of a value, given the position after its member's name. */
export function skipColon(json: Uint8Array, from: number): number {
  const at = skipSpace(json, from);
  return at !== BROKEN && json[at] === COLON ? skipSpace(json, at + 1) : BROKEN;
}

/** Returns the position after a value. In arrays and objects only strings and brackets are looked at. */
export function skipValue(json: Uint8Array, from: number): number {
  if (from === BROKEN) return BROKEN;
  const first = json[from];
  if (first === QUOTE) return skipString(json, from);
  if (first === OBJECT || first === LIST) return skipContainer(json, from);
  let at = from;
  while (isOfWord(json[at])) at += 1;
  return at > from ? at : BROKEN;
}

export function skipString(json: Uint8Array, from: number): number {
  if (from === BROKEN || json[from] !== QUOTE) return BROKEN;
  const { length } = json;
  for (let at = from + 1; at < length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  return BROKEN;
}

function skipContainer(json: Uint8Array, from: number): number {
  const { length } = json;
  let depth = 0;
  for (let at = from; at < length; at += 1) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      const end = skipString(json, at);
      if (end === BROKEN) return BROKEN;
      at = end - 1;
    } else if ((byte | TO_BRACE) === OBJECT) depth += 1;
    else if ((byte | TO_BRACE) === OBJECT_END) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return BROKEN;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether a byte belongs to a number, `true`, `false` or `null`. */
function isOfWord(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    byte > SPACE &&
    byte !== COMMA &&
    byte !== OBJECT_END &&
    byte !== LIST_END &&
    byte !== COLON &&
    byte !== QUOTE
  );
}
