/**
 * The same text in one piece. The engine keeps what was concatenated as a tree of its pieces, which takes several times
 * the memory; ids and ARNs are kept by the hundred thousand. To read a character makes it one string.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}
