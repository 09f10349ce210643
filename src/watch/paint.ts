import { stripVTControlCharacters } from 'node:util';
import type { Tone } from './scene-types.ts';

const ESCAPE = '\u001b[';
const RESET = `${ESCAPE}0m`;
const CODES: Readonly<Record<Tone | 'bold', string>> = {
  plain: '',
  bold: `${ESCAPE}1m`,
  good: `${ESCAPE}32m`,
  busy: `${ESCAPE}36m`,
  bad: `${ESCAPE}31m`,
  dim: `${ESCAPE}2m`,
};

/** A text in one tone. */
export interface Span {
  readonly text: string;
  readonly tone: Tone | 'bold';
}

/** One line of the screen. */
export type Line = readonly Span[];

export function span(text: string, tone: Span['tone'] = 'plain'): Span {
  return { text, tone };
}

/** Writes a line with or without colours, cut to a number of columns. */
export function paintLine(line: Line, columns: number, hasColors: boolean): string {
  let left = columns;
  let painted = '';
  for (const { text, tone } of line) {
    const shown = cut(text, left);
    left -= widthOf(shown);
    painted += hasColors && CODES[tone] !== '' && shown !== '' ? `${CODES[tone]}${shown}${RESET}` : shown;
    if (shown !== text) break;
  }
  return painted;
}

/** The columns that a text takes. East Asian characters and emoji take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += lettersWidth(letter);
  return width;
}

/** The start of a text that fits into the columns. */
function cut(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const letter of text) {
    width += lettersWidth(letter);
    if (width > columns) return text.slice(0, end);
    end += letter.length;
  }
  return text;
}

function lettersWidth(letter: string): number {
  return (letter.codePointAt(0) ?? 0) >= 0x11_00 && !/[\u2000-\u2bff]/.test(letter) ? 2 : 1;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;

/** A text of the gateway without the characters that would steer the terminal. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROLS, ' ');
}
