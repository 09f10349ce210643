export interface BaseRecord {
  readonly arn: string;
  /** Rises with each record: the order of every List, and the position in its tokens. */
  readonly sequence: number;
  readonly bornAt: number;
}
