import { expect, it } from 'vitest';
import { arnOfQueue, regionOfQueue } from '../../src/config/queue-url.ts';

it.each([
  ['https://sqs.eu-west-1.amazonaws.com/111122223333/events', 'eu-west-1', 'arn:aws:sqs:eu-west-1:111122223333:events'],
  [
    'https://eu-west-1.queue.amazonaws.com/111122223333/events',
    'eu-west-1',
    'arn:aws:sqs:eu-west-1:111122223333:events',
  ],
  [
    'https://sqs-fips.us-gov-west-1.amazonaws.com/111122223333/e',
    'us-gov-west-1',
    'arn:aws-us-gov:sqs:us-gov-west-1:111122223333:e',
  ],
  ['https://sqs.cn-north-1.amazonaws.com.cn/111122223333/e', 'cn-north-1', 'arn:aws-cn:sqs:cn-north-1:111122223333:e'],
  ['https://sqs.eu-west-1.api.aws/111122223333/e', 'eu-west-1', 'arn:aws:sqs:eu-west-1:111122223333:e'],
  [
    'https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com/111122223333/e',
    'eu-west-1',
    'arn:aws:sqs:eu-west-1:111122223333:e',
  ],
  ['https://queue.amazonaws.com/111122223333/e.fifo', undefined, 'arn:aws:sqs:*:111122223333:e.fifo'],
  ['http://127.0.0.1:4510/queue/e', undefined, 'arn:aws:sqs:*:*:*'],
])('the Region and the ARN of a queue: %s', (url, region, arn) => {
  expect(regionOfQueue(url)).toBe(region);
  expect(arnOfQueue(url)).toBe(arn);
});
