/** A Region inside a host of SQS: sqs.eu-west-1.amazonaws.com, eu-west-1.queue.amazonaws.com, sqs.eu-west-1.api.aws, vpce-x.sqs.eu-west-1.vpce.amazonaws.com */
const REGION = /(?:^|\.)(?:sqs(?:-fips)?\.)?([a-z]{2,}(?:-[a-z]+)+-\d)\.(?:queue\.|vpce\.)?(?:amazonaws\.|api\.)/;

/** The Region that the host of a queue's URL names; undefined for another host, such as an emulator's. */
export function regionOfQueue(url: string): string | undefined {
  return REGION.exec(new URL(url).hostname)?.[1];
}

/** The ARN of a queue, for policies. Parts that its URL does not name are `*`. */
export function arnOfQueue(url: string): string {
  const { hostname, pathname } = new URL(url);
  const [, account = '*', name = '*'] = /^\/(\d{12})\/([\w-]{1,80}(?:\.fifo)?)$/.exec(pathname) ?? [];
  const region = regionOfQueue(url) ?? '*';
  const partition = hostname.endsWith('.cn') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}
