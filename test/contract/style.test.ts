import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, visit } from 'graphql';
import { describe, expect, it } from 'vitest';

/** Words of the project's former private idiom, with what to write instead (docs/style.md). */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/\b(?:tells?|told|telling)\b/i, 'returns, reports, shows or emits'],
  [/\bwho(?:m|so)?ever\b/i, 'a noun: caller, subscriber, reader'],
  [/(?<!`)\b(?:no|some|every)body\b/i, 'a noun: caller, client, user'],
  [/\bso (?:long|often|many|much) (?:may|must|can|are|is|as|a)\b/i, 'a noun with a unit: time limit in ms, most items'],
  [/\bfor ever\b/i, 'forever'],
  [/\b(?:is|are|was|were) none\b/i, 'a noun: no service, null, empty'],
];

/** The titles of tests: `it('...'`, `describe('...'`, and the title behind a table of `each`. */
const TITLE =
  /(?:\b(?:it|describe|test)(?:\.\w+)*|\]|`)\)?\(\s*(?:'((?:[^'\\]|\\.)+)'|"((?:[^"\\]|\\.)+)"|`([^`]+)`),/g;

/** Beginnings of comments that leave their subject to a clause. */
const OPENING = /(?:\/\*\*|^\s*\*|\/\/) (?:What|Who|Whose)\b[^\n]*/gm;

/** Pronouns at the beginning of a comment or description: no sentence before them has their noun. */
const PRONOUN = /^(?:(?:It|They|Those|That)\b|(?:This|These) (?:is|are|was|were|has|have|can|may|must|will|would)\b)/;

/** The first words of each comment; a second line of `//` goes on with the sentence of the first. */
const FIRST_WORDS = /(?:\/\*\*(?:\s*\n\s*\*)? |(?<!\/\/[^\n]*\n\s*)(?<=^\s*|\s)\/\/ )([^\n]{1,80})/gm;

/** Identifiers that begin with the idiom's verbs. */
const IDENTIFIER = /(?<![\w'"`-])#?(?:say|tell|tells|told)(?:[A-Z]\w*)?(?=\s*(?:[(<:=,;)]|\bof\b))/g;

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/node_modules|generated|style\.test\.ts/.test(file));
}

/** Comments of a source as [line, text], and the source without comments and strings. */
function split(source: string): { readonly comments: readonly (readonly [number, string])[]; readonly code: string } {
  const comments: (readonly [number, string])[] = [];
  const code: string[] = [];
  for (const [at, line] of source.split('\n').entries()) {
    const comment = /^\s*(?:\/\*\*?|\*|\/\/)(.*)$/.exec(line) ?? /(?:\s\/\/ |\/\*\* )(.*)$/.exec(line);
    if (comment !== null) comments.push([at + 1, comment[1] ?? '']);
    else code.push(line.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`/g, "''"));
  }
  return { comments, code: code.join('\n') };
}

function refusedIn(text: string): string | undefined {
  const found = REFUSED.find(([pattern]) => pattern.test(text));
  return found && `"${found[0].exec(text)?.[0]}": write ${found[1]}`;
}

describe('the language of', () => {
  it('identifiers has verbs that engineers search for', () => {
    const wrong = [...filesIn('src', /\.ts$/), ...filesIn('test', /\.ts$/)].flatMap((file) =>
      [...split(readFileSync(file, 'utf8')).code.matchAll(IDENTIFIER)].map(([name]) => `${file}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(['src', 'test', 'examples'])('comments in %s needs no translation', (folder) => {
    const wrong = filesIn(folder, /\.tsx?$/).flatMap((file) =>
      split(readFileSync(file, 'utf8')).comments.flatMap(([line, text]) => {
        const refused = refusedIn(text);
        return refused === undefined ? [] : [`${file}:${line} ${refused}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it.each(['src', 'test', 'examples', 'deploy'])('comments in %s begin with a noun or a verb', (folder) => {
    const wrong = filesIn(folder, /\.(?:m?ts|tsx|mjs)$/).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(OPENING)].map(([opening]) => `${file}: ${opening.trim()}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(['src', 'test', 'examples', 'deploy'])('comments in %s begin with a sentence that stands alone', (folder) => {
    const wrong = filesIn(folder, /\.(?:m?ts|tsx|mjs)$/).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(FIRST_WORDS)]
        .filter(([, words = '']) => PRONOUN.test(words))
        .map(([, words]) => `${file}: ${words}`),
    );
    expect(wrong).toEqual([]);
    const firstWords = (text: string) => [...text.matchAll(FIRST_WORDS)].map(([, words]) => words);
    expect(firstWords('/** A b. */\na(); // C d\n  /**\n   * E f.\n   * It g.\n   */\n  // H\n  // It i\n')).toEqual([
      'A b. */',
      'C d',
      'E f.',
      'H',
    ]);
  });

  it.each(['test', 'examples'])('titles of tests in %s needs no translation', (folder) => {
    let count = 0;
    const wrong = filesIn(folder, /\.test\.tsx?$/).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(TITLE)].flatMap(([, ...titles]) => {
        count += 1;
        const refused = refusedIn(titles.find((title) => title !== undefined) ?? '');
        return refused === undefined ? [] : [`${file}: ${refused}`];
      }),
    );
    expect(count).toBeGreaterThan(1);
    expect(wrong).toEqual([]);
  });

  it('descriptions of the schema needs no translation', () => {
    const wrong: string[] = [];
    visit(parse(readFileSync('schema.graphql', 'utf8')), {
      enter(node) {
        if (!('description' in node) || node.description === undefined) return;
        const text = node.description.value;
        const refused =
          refusedIn(text) ??
          (/^(?:What|Who|Whose)\b/.test(text) || PRONOUN.test(text) ? 'begin with a noun or a verb' : undefined);
        if (refused !== undefined) wrong.push(`${text.slice(0, 80)}: ${refused}`);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('the documents needs no translation', () => {
    const documents = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...filesIn('docs', /\.md$/)].filter(
      (file) => !file.endsWith('style.md'),
    );
    const wrong = documents.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, at) => {
          const refused = refusedIn(line);
          return refused === undefined ? [] : [`${file}:${at + 1} ${refused}`];
        }),
    );
    expect(wrong).toEqual([]);
  });
});
