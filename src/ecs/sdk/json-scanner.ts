export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const LIST = 0x5b;
export const LIST_END = 0x5d;
export const OBJECT = 0x7b;
export const OBJECT_END = 0x7d;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Returned if the text is not valid JSON or ends early. Every function here passes it on. */
export const BROKEN = -1;

export function skipSpace(text: string, from: number): number {
  if (from === BROKEN) return BROKEN;
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** Returns the position of a value, given the position of its member's name. */
export function skipName(text: string, from: number): number {
  const at = skipSpace(text, skipString(text, from));
  return text.charCodeAt(at) === COLON ? skipSpace(text, at + 1) : BROKEN;
}

/** Returns the position after a value. In arrays and objects only strings and brackets are looked at. */
export function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return skipString(text, from);
  if (first === OBJECT || first === LIST) return skipContainer(text, from);
  let at = from;
  while (isOfWord(text.charCodeAt(at))) at += 1;
  return at > from ? at : BROKEN;
}

function skipString(text: string, from: number): number {
  if (text.charCodeAt(from) !== QUOTE) return BROKEN;
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 0) return at + 1;
  }
  return BROKEN;
}

function skipContainer(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = skipString(text, at);
      if (end === BROKEN) return BROKEN;
      at = end - 1;
    } else if (code === OBJECT || code === LIST) depth += 1;
    else if (code === OBJECT_END || code === LIST_END) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return BROKEN;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Whether a character belongs to a number, `true`, `false` or `null`. After the end of the text the code is NaN. */
function isOfWord(code: number): boolean {
  return code > SPACE && code !== COMMA && code !== OBJECT_END && code !== LIST_END && code !== COLON && code !== QUOTE;
}
