import { policyAllows } from '../checks/resource-policy.ts';
import type { MessageAttributes } from '../model/messaging/queue-record.ts';
import { sendMessage } from '../queues/messages.ts';
import type { Place } from './addressees.ts';

/** Why a target did not take an event. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** Another attempt would end alike. */
  readonly isFinal: boolean;
  /** The least virtual milliseconds until the next attempt, if the target asked for that. */
  readonly afterMs?: number;
}

const SERVICE = 'events.amazonaws.com';
/** The id of EventBridge as a sender; AWS shows an id of its own. */
const SENDER = 'AIDAEVENTBRIDGE000000';

/** A queue without a policy takes events too, so that a first try needs one call less than on AWS. */
function isAllowed({ queue }: Place, ruleArn: string): boolean {
  const { Policy = '' } = queue.attributes;
  if (Policy === '') return true;
  const account = ruleArn.split(':')[4] ?? '';
  return policyAllows(JSON.parse(Policy), {
    principals: [SERVICE],
    action: 'sqs:SendMessage',
    context: { 'aws:sourcearn': [ruleArn], 'aws:sourceaccount': [account] },
  });
}

/** Sends a text to a queue on behalf of a rule. Undefined if it has arrived. */
export function sendToQueue(
  place: Place,
  ruleArn: string,
  body: string,
  attributes: MessageAttributes = {},
): Refusal | undefined {
  if (!isAllowed(place, ruleArn)) {
    const message = `The policy of ${place.queue.arn} does not allow ${SERVICE} to send messages for ${ruleArn}.`;
    return { code: 'NO_PERMISSIONS', message, isFinal: true };
  }
  sendMessage(place.world, place.queue, { body, attributes, senderId: SENDER });
  return undefined;
}
