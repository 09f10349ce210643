/** Between two texts. */
const END = '\u001f';
/** First characters of texts that are written in another way: repeated, begun elsewhere, and as JSON. */
const FIRST_PRINTED = 0x20;
const REPEATED = 1;
const BEGUN = 2;
const ESCAPED = 3;

const mark = String.fromCharCode;

/** Writes texts, numbers and times into one text, without an object for each of them. */
export class TextWriter {
  readonly #texts: string[] = [];

  text(text: string | undefined): void {
    if (text === undefined) this.#texts.push('');
    else if (text.charCodeAt(0) >= FIRST_PRINTED && !text.includes(END)) this.#texts.push(text);
    else this.#texts.push(mark(ESCAPED) + JSON.stringify(text));
  }

  /** A text that usually begins like this: the beginning is not kept. */
  textBeginning(beginning: string, text: string | undefined): void {
    if (text?.startsWith(beginning) !== true || text.includes(END)) this.text(text);
    else this.#texts.push(mark(BEGUN) + text.slice(beginning.length));
  }

  /** A text that has usually been written before: only its place is kept. */
  repeatedText(text: string | undefined): void {
    const place = text === undefined ? -1 : this.#texts.indexOf(text);
    if (place < 0) this.text(text);
    else this.#texts.push(mark(REPEATED) + place);
  }

  number(value: number | undefined): void {
    this.#texts.push(value === undefined ? '' : String(value));
  }

  time(date: Date | undefined): void {
    this.number(date?.getTime());
  }

  /** Everything that was written. It is a copy, and keeps no answer of ECS alive. */
  join(): string {
    return this.#texts.join(END);
  }
}

/** Reads in the order in which a `TextWriter` has written. */
export class TextReader {
  readonly #texts: readonly string[];
  #at = 0;

  constructor(packed: string) {
    this.#texts = packed.split(END);
  }

  skip(count: number): void {
    this.#at += count;
  }

  text(beginning = ''): string | undefined {
    const text = this.#next();
    if (text === '') return undefined;
    const code = text.charCodeAt(0);
    if (code >= FIRST_PRINTED) return text;
    if (code === BEGUN) return beginning + text.slice(1);
    return code === REPEATED ? this.#texts[Number(text.slice(1))] : (JSON.parse(text.slice(1)) as string);
  }

  number(): number | undefined {
    const text = this.#next();
    return text === '' ? undefined : Number(text);
  }

  time(): Date | undefined {
    const at = this.number();
    return at === undefined ? undefined : new Date(at);
  }

  #next(): string {
    const text = this.#texts[this.#at] ?? '';
    this.#at += 1;
    return text;
  }
}
