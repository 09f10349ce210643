import { ERROR_CODES } from '../schema/core/error-codes.ts';

const HEAD = `# Errors

Every value that \`extensions.code\` may have, in an error of an answer or of an event. Printed by \`npm run generate\`; codes may be added, none
changes its meaning. What else is in \`extensions\`, and when to repeat what: [clients](clients.md#errors).

**Again**: whether the same request may succeed later, unchanged (\`extensions.retryable\`). **HTTP**: the status of an answer that failed as a
whole. An error with a \`path\` leaves the rest of the answer whole, with status 200; so do those of 400 but BAD_REQUEST to callers who accept
\`application/json\` and not \`application/graphql-response+json\`.
`;

/** The table of error codes, for `docs/errors.md`. */
export function printErrors(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { description, retryable, status }]) =>
      `| ${code} | ${description} | ${retryable ? 'yes' : ''} | ${status} |`,
  );
  return `${HEAD}\n${['| Code | Meaning | Again | HTTP |', '| --- | --- | --- | --- |', ...rows].join('\n')}\n`;
}
