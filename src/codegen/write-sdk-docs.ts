// Writes the installed SDK's descriptions to the named file. The build uses this file; the repository does not hold it.
import { writeFileSync } from 'node:fs';
import { declarationFiles } from './sdk.ts';
import { readSdkDocs } from './sdk-docs.ts';

const [, , file] = process.argv;
if (file === undefined) throw new Error('Name the file to write.');
writeFileSync(file, JSON.stringify(readSdkDocs(declarationFiles())));
