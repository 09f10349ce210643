/**
 * The same text in one piece. The engine keeps a concatenated string as a tree of its pieces, which takes several times
 * the memory, and ids and ARNs are kept by the hundred thousand. Reading a character flattens it.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}
