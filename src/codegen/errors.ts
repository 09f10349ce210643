import { ERROR_CODES, type ErrorCodeInfo } from '../schema/core/error-codes.ts';

const HEAD = `# Errors

Every value that \`extensions.code\` may have, in an error of an answer or of an event. Printed by \`npm run generate\`; codes may be added, none
changes its meaning. What else is in \`extensions\`, and when to repeat what: [clients](clients.md#errors).

## The promise

- **A refusal is an error in \`errors\`**, with \`extensions\`, at the \`path\` of the field that failed. It is never data: no payload has \`userErrors\`, and none will.
  One place to look serves all mutations.
- **\`code\` is in every error**, and is a value of the enum \`ErrorCode\`, so that generated types know it. \`retryable\` is in every error too.
- **\`argument\` is the path of the argument or input member that is wrong**, where that is known: \`cluster\`, \`input.desiredCount\`,
  \`input.containerDefinitions.0.image\`. The gateway's own refusals (BAD_USER_INPUT) always have it but for variables that do not fit their type, whose message
  names them. For a refusal by ECS the gateway reads it from ECS's message, which does not always name one: handle an absent \`argument\`.
- **What a call could do only in part is data**: \`failures { arn reason detail }\` with the enum \`FailureReason\`; a value that is new to the schema reads
  \`UNRECOGNIZED\`, and \`unrecognizedValues\` has it as ECS sent it.
- A message is text for people. Its wording may change in any release.

## Codes

**Again**: whether the same request may succeed later, unchanged (\`extensions.retryable\`). Beside something that a mutation did, no error is
retryable, whatever its code: the request would do it twice. **HTTP**: the status of an answer that failed as a
whole. An error with a \`path\` leaves the rest of the answer whole, with status 200; so do those of 400 but BAD_REQUEST to callers who accept
\`application/json\` and not \`application/graphql-response+json\`.
`;

/** The table of error codes, for `docs/errors.md`. */
export function printErrors(): string {
  const rows = Object.entries<ErrorCodeInfo>(ERROR_CODES).map(
    ([code, { description, retryable, unless, status }]) =>
      `| ${code} | ${description} | ${againText(retryable, unless)} | ${status} |`,
  );
  return `${HEAD}\n${['| Code | Meaning | Again | HTTP |', '| --- | --- | --- | --- |', ...rows].join('\n')}\n`;
}

function againText(retryable: boolean, unless: string | undefined): string {
  if (!retryable) return '';
  return unless === undefined ? 'yes' : `yes, but not if ${unless}`;
}
