/** Region prefixes of the other partitions, and the domains of their AWS endpoints. */
const PARTITIONS = [
  { prefix: 'cn-', partition: 'aws-cn', domain: 'amazonaws.com.cn' },
  { prefix: 'us-gov-', partition: 'aws-us-gov', domain: 'amazonaws.com' },
  { prefix: 'eusc-', partition: 'aws-eusc', domain: 'amazonaws.eu' },
  { prefix: 'us-iso-', partition: 'aws-iso', domain: 'c2s.ic.gov' },
  { prefix: 'us-isob-', partition: 'aws-iso-b', domain: 'sc2s.sgov.gov' },
  { prefix: 'eu-isoe-', partition: 'aws-iso-e', domain: 'cloud.adc-e.uk' },
  { prefix: 'us-isof-', partition: 'aws-iso-f', domain: 'csp.hci.ic.gov' },
] as const;

export interface Partition {
  /** The part after `arn:` in every ARN of the Region. */
  readonly partition: string;
  readonly domain: string;
}

/** The partition of a Region, as in the SDKs; `aws` for all other Regions. */
export function partitionOf(region: string): Partition {
  const special = PARTITIONS.find(({ prefix }) => region.startsWith(prefix));
  return special ?? { partition: 'aws', domain: 'amazonaws.com' };
}
