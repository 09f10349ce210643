import { setImmediate as nextTurn } from 'node:timers/promises';
import { stripIgnoredCharacters } from 'graphql';
import type { Logger } from 'pino';
import { ReloadableFile } from '../../util/reloadable-file.ts';
import type { Prepared } from '../admission/prepare-document.ts';
import { firstOf, type ListedDocument, nameIn, parseManifest } from './manifest.ts';
import { type TrustedDocument, TrustedDocuments } from './trusted-documents.ts';

export interface OpenDocuments {
  /** Absent without manifests. */
  readonly trusted: TrustedDocuments | undefined;
  readonly files: readonly ReloadableFile<readonly TrustedDocument[]>[];
}

/**
 * Reads the manifests. Each document is parsed, measured and validated, so that a manifest in force holds none that
 * would be refused later for its text.
 * @throws {Error} that names the file and what is wrong with it
 */
export async function openDocuments(
  paths: readonly string[],
  prepare: (query: string) => Prepared,
  log: Logger,
): Promise<OpenDocuments> {
  if (paths.length === 0) return { trusted: undefined, files: [] };
  const trusted = new TrustedDocuments();
  const files: OpenDocuments['files'][number][] = [];
  try {
    for (const path of paths) {
      const apply = (documents: readonly TrustedDocument[]) => trusted.replace(path, documents);
      const parse = (text: string) => parseTrusted(text, prepare);
      files.push(
        await ReloadableFile.open({ path, what: 'documents', parse, apply, log }).catch((error: Error) => {
          throw new Error(
            error.message
              .split('\n')
              .map((line) => `${path}: ${line}`)
              .join('\n'),
          );
        }),
      );
    }
    return { trusted, files };
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
}

/** Validates one document in a turn of the event loop: a file of thousands must not hold up requests. */
async function parseTrusted(text: string, prepare: (query: string) => Prepared): Promise<readonly TrustedDocument[]> {
  const trusted: TrustedDocument[] = [];
  const problems: string[] = [];
  for (const document of parseManifest(text).documents) {
    await nextTurn();
    const found = problemsOf(document, prepare);
    problems.push(...found);
    if (found.length === 0) trusted.push({ ...document, tokens: stripIgnoredCharacters(document.text) });
  }
  if (problems.length > 0) throw new Error(firstOf(problems));
  return trusted;
}

/** Why a document cannot be executed, one line for each reason. */
export function problemsOf({ id, text }: ListedDocument, prepare: (query: string) => Prepared): readonly string[] {
  const name = nameIn(text);
  const which = `the document "${id}"${name === undefined ? '' : ` (${name})`}`;
  return prepare(text).errors.map(({ message }) => `${which}: ${message}`);
}
