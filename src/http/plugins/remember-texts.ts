/** Clients send few different headers of one kind. */
const MOST_TEXTS = 100;
/** Longer headers are rare and would take memory. */
const MOST_CHARACTERS = 500;

/** Remembers the results of a function of a text, such as a header that each request of a client repeats. */
export function rememberTexts<Result>(read: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const result = known.get(text);
    if (result !== undefined || known.has(text)) return result as Result;
    const made = read(text);
    if (text.length > MOST_CHARACTERS) return made;
    if (known.size === MOST_TEXTS) known.clear();
    known.set(text, made);
    return made;
  };
}
