import { synthesize } from './synthesize.mjs';

process.stdout.write(`${JSON.stringify(synthesize(), null, 2)}\n`);
