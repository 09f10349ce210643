// Writes what the installed SDK says of its shapes to the file that is named: a part of the build, never of the repository.
import { writeFileSync } from 'node:fs';
import { declarationFiles } from './sdk.ts';
import { readSdkDocs } from './sdk-docs.ts';

const [, , file] = process.argv;
if (file === undefined) throw new Error('Name the file to write.');
writeFileSync(file, JSON.stringify(readSdkDocs(declarationFiles())));
