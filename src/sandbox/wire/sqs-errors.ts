import type { EcsError } from '../checks/ecs-errors.ts';
import type { ProtocolAnswer } from './protocols.ts';

/** Codes of SQS's former protocol, which clients read from a header, where they differ from today's. */
const FORMER_CODES: Readonly<Record<string, string>> = {
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};

/** An error of SQS: today's code in the body, the former one in a header. */
export function sqsError({ code, message, status }: EcsError): ProtocolAnswer {
  const fault = status < 500 ? 'Sender' : 'Receiver';
  const headers = { 'x-amzn-query-error': `${FORMER_CODES[code] ?? code};${fault}` };
  return { status, headers, body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }) };
}
