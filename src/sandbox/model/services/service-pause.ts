/** The first text is AWS's; the others are ours. */
export const PAUSES = {
  ECS_OPERATION_THROTTLED: ' operations are being throttled. Will try again later.',
  SERVICE_DISCOVERY_OPERATION_THROTTLED: ' operations are being throttled on AWS Cloud Map. Will try again later.',
  SERVICE_HEALTH_UNKNOWN: ' was unable to describe the health data for tasks.',
} as const;

export type Pause = keyof typeof PAUSES;
